"""Queries a hub, pages through a list and follows its changes with gql.

HUB_URL names the hub, HUB_KEY is a key of a publisher.
"""

import asyncio
import os
import re
import time

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

HUB = os.environ.get("HUB_URL", "http://127.0.0.1:8080")
KEY = os.environ["HUB_KEY"]

FOUND = """
query Found($query: String!) {
  search(query: $query, first: 5) {
    nodes { __typename name ... on Tiered { tier { name } } ... on Graded { difficulty } }
  }
}
"""

PATTERNS = """
query Patterns($first: Int!, $after: String) {
  patterns(first: $first, after: $after) {
    totalCount
    nodes { id slug }
    pageInfo { hasNextPage endCursor }
  }
}
"""

CHANGES = """
subscription Changes($ids: [ID!], $since: SyncToken) {
  entryChanged(ids: $ids, since: $since) {
    __typename
    ... on EntryUpsert { token entry { id name } }
    ... on EntryDeletion { token entryId }
  }
}
"""

CREATE = """
mutation Create($input: CompanyInput!) {
  companyCreate(input: $input) { company { id } userErrors { message } }
}
"""

PUBLISH = """
mutation Publish($id: ID!, $input: CompanyInput!) {
  companyUpdate(id: $id, input: $input) { userErrors { message } }
  entryPublish(ids: [$id]) { token userErrors { message } }
}
"""

DELETE = "mutation Delete($id: ID!) { entryDelete(ids: [$id]) { userErrors { message } } }"


def client(key=None, sockets=False):
    """Make a client that fetches the schema and checks documents against it."""
    credentials = {"Authorization": f"Bearer {key}"} if key else {}
    if sockets:
        url = re.sub("^http", "ws", HUB) + "/graphql"
        # The schema is one message of more than the 1 MB that the library accepts.
        transport = WebsocketsTransport(
            url, init_payload=credentials, connect_args={"max_size": 8 << 20}
        )
    else:
        transport = AIOHTTPTransport(f"{HUB}/graphql", headers=credentials)
    return Client(transport=transport, fetch_schema_from_transport=True)


async def ask(session, document, **values):
    query = gql(document)
    query.variable_values = values
    return await session.execute(query)


async def write(session, document, **values):
    """Execute a mutation that must succeed."""
    answer = await ask(session, document, **values)
    for payload in answer.values():
        assert payload["userErrors"] == [], payload
    return answer


async def follow(session, entry, since, names):
    """Wait for changes to these names in turn, and return the token of the last change."""
    query = gql(CHANGES)
    query.variable_values = {"ids": [entry], "since": since}
    names = iter(names)
    name = next(names)
    async for answer in session.subscribe(query):
        change = answer["entryChanged"]
        assert change["entry"]["name"] == name, change
        name = next(names, None)
        if name is None:
            return change["token"]
    raise AssertionError("the subscription ended")


async def reads(session):
    found = await ask(session, FOUND, query="circuit breaker")
    first = found["search"]["nodes"][0]
    assert first["tier"]["name"] == "Gold", first
    print(f"{first['name']}: {first['tier']['name']}, {first['difficulty']}")

    slugs, after = [], None
    while True:
        page = (await ask(session, PATTERNS, first=50, after=after))["patterns"]
        slugs += [node["slug"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(slugs) == len(set(slugs)) == page["totalCount"], (len(slugs), page["totalCount"])
    print(f"{len(slugs)} patterns")

    try:
        await ask(session, "{ webhookEndpoints { id } }")
    except TransportQueryError as error:
        assert error.errors[0]["extensions"]["code"] == "UNAUTHENTICATED", error.errors
    else:
        raise AssertionError("webhook endpoints are visible without a key")


async def changes(listener, author):
    made = await write(author, CREATE, input={
        "slug": f"python-{time.time_ns()}", "name": "Nil", "summary": "Changed.", "kind": "COMPANY", "industry": "Software",
    })
    entry = made["companyCreate"]["company"]["id"]

    async def publish(name):
        return (await write(author, PUBLISH, id=entry, input={"name": name}))["entryPublish"]["token"]

    try:
        begun = await publish("One")
        # The first change may come from the log; after it the subscription is open.
        await publish("Two")
        token = await follow(listener, entry, begun, ["Two"])
        listening = asyncio.create_task(follow(listener, entry, token, ["Three", "Four"]))
        await publish("Three")
        await publish("Four")
        token = await listening
        await publish("Five")
        await publish("Six")
        await follow(listener, entry, token, ["Five", "Six"])
        print("changes arrived live and, after a disconnect, from the last token")
    finally:
        await write(author, DELETE, id=entry)


async def main():
    async with client() as reader, client(sockets=True) as listener, client(KEY) as author:
        await reads(reader)
        await reads(listener)
        await changes(listener, author)
    # A socket's key goes into connection_init; an author's key may read drafts.
    async with client(KEY, sockets=True) as session:
        assert (await ask(session, "{ viewer { accessRole } }"))["viewer"]["accessRole"] == "PUBLISHER"


asyncio.run(asyncio.wait_for(main(), timeout=60))
