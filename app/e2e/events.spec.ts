import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";

import { expect, type Page, test } from "@playwright/test";

// .ci/browser provides a hub and a publisher's key; the stand-in publishes nothing.
const hub = process.env.HUB_URL ?? "";
const key = process.env.HUB_KEY ?? "";
test.skip(hub === "" || key === "", "needs HUB_URL and HUB_KEY");

interface Payload {
  company?: { id: string };
  entries?: unknown[];
  userErrors: { message: string }[];
}

/** Sends a mutation from outside of the browser. */
async function write(query: string, variables: Record<string, string>): Promise<Payload[]> {
  const response = await fetch(`${hub}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as { data: Record<string, Payload>; errors?: unknown };
  const payloads = Object.values(answer.data);
  expect(answer.errors).toBeUndefined();
  expect(payloads.flatMap((payload) => payload.userErrors)).toEqual([]);
  return payloads;
}

const publish = (id: string, name: string) =>
  write(
    `mutation ($id: ID!, $name: String!) {
      companyUpdate(id: $id, input: { name: $name }) { userErrors { message } }
      entryPublish(ids: [$id]) { userErrors { message } }
    }`,
    { id, name },
  );

/** A proxy to the hub that can be cut: open connections break, and new ones fail. */
async function bridge() {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = createConnection(Number(new URL(hub).port), new URL(hub).hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => open.delete(one));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    whole = false;
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      whole = true;
    },
    end: () => {
      cut();
      server.close();
    },
  };
}

/** Follows an entry with the browser's own EventSource. */
const listen = (page: Page, id: string) =>
  page.evaluate((id) => {
    const query = `subscription ($id: ID!) {
      entryChanged(ids: [$id]) { ... on EntryUpsert { token entry { name } } }
    }`;
    const parameters = new URLSearchParams({ query, variables: JSON.stringify({ id }) });
    const source = new EventSource(`/graphql?${parameters}`);
    const heard: string[] = [];
    Object.assign(window, { heard, source });
    source.addEventListener("next", (event) => {
      const payload = JSON.parse((event as MessageEvent<string>).data) as {
        data: { entryChanged: { entry: { name: string }; token: string } };
      };
      const { entry, token } = payload.data.entryChanged;
      heard.push(
        entry.name +
          (token === (event as MessageEvent<string>).lastEventId ? "" : ", not by its token"),
      );
    });
    return new Promise<void>((resolve, reject) => {
      source.addEventListener("open", () => resolve());
      source.addEventListener("error", () => reject(new Error("the stream does not open")));
    });
  }, id);

const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard: string[] }).heard);

test("a browser's EventSource comes back by itself and misses nothing", async ({ page }) => {
  const slug = `event-source-${Date.now()}`;
  const [made] = await write(
    `mutation ($slug: String!) {
      companyCreate(input: { slug: $slug, name: $slug, summary: "Heard.", kind: COMPANY, industry: "Software" }) {
        company { id } userErrors { message }
      }
    }`,
    { slug },
  );
  const id = made?.company?.id ?? "";
  const way = await bridge();
  // The front page's policy forbids connections; the playground's allows them.
  await page.goto(`${way.url}/playground/`);
  await listen(page, id);
  await publish(id, "One");
  await expect.poll(() => heard(page)).toEqual(["One"]);
  way.cut();
  await publish(id, "Two");
  await publish(id, "Three");
  way.mend();
  await publish(id, "Four");
  await expect.poll(() => heard(page)).toEqual(["One", "Two", "Three", "Four"]);
  way.end();
});
