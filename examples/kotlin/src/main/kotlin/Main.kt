import com.apollographql.apollo.ApolloClient
import com.apollographql.apollo.api.Mutation
import com.apollographql.apollo.api.Optional
import com.apollographql.apollo.cache.normalized.FetchPolicy
import com.apollographql.apollo.cache.normalized.api.MemoryCacheFactory
import com.apollographql.apollo.cache.normalized.fetchPolicy
import com.apollographql.apollo.cache.normalized.normalizedCache
import com.apollographql.apollo.network.ws.GraphQLWsProtocol
import hub.ChangesSubscription
import hub.CompanyBySlugQuery
import hub.CreateMutation
import hub.DeleteMutation
import hub.EndpointsQuery
import hub.FoundQuery
import hub.PatternsQuery
import hub.PublishMutation
import hub.type.CompanyInput
import hub.type.CompanyKind
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.transformWhile
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlin.system.exitProcess

/** Returns a client with a normalized cache. It sends the key with each request and at the start of each socket. */
fun connect(hub: String, key: String? = null): ApolloClient {
    val builder = ApolloClient.Builder()
        .serverUrl("$hub/graphql")
        .webSocketServerUrl("$hub/graphql".replaceFirst("http", "ws"))
        // The default protocol of Apollo Kotlin is an older one.
        .wsProtocol(
            GraphQLWsProtocol.Factory(connectionPayload = { key?.let { mapOf("Authorization" to "Bearer $it") } }),
        )
        .normalizedCache(MemoryCacheFactory(10 * 1024 * 1024))
    if (key != null) builder.addHttpHeader("Authorization", "Bearer $key")
    return builder.build()
}

/** Executes a mutation that must succeed. */
suspend fun <D : Mutation.Data> ApolloClient.write(mutation: Mutation<D>): D =
    mutation(mutation).execute().dataOrThrow()

fun named(name: String) = CompanyInput(name = Optional.present(name))

suspend fun reads(client: ApolloClient) {
    // A typed query with fragments on interfaces.
    val found = client.query(FoundQuery("circuit breaker")).execute().dataOrThrow()
    val hit = found.search!!.nodes.first()
    println("${hit.name}: ${hit.onTiered?.tier?.name}, ${hit.onGraded?.difficulty}")
    check(hit.onTiered?.tier?.name == "Gold")
    val again = client.query(FoundQuery("circuit breaker")).fetchPolicy(FetchPolicy.CacheOnly).execute()
    check(again.dataOrThrow() == found)

    // The cache stores each page under its arguments.
    val pages = mutableListOf<PatternsQuery>()
    val slugs = mutableSetOf<String>()
    var after: String? = null
    repeat(3) {
        val query = PatternsQuery(10, Optional.presentIfNotNull(after))
        val page = client.query(query).execute().dataOrThrow().patterns!!
        slugs += page.nodes.map { it.slug }
        after = page.pageInfo.endCursor
        pages += query
    }
    val kept = pages.flatMap {
        client.query(it).fetchPolicy(FetchPolicy.CacheOnly).execute().dataOrThrow().patterns!!.nodes
    }
    check(kept.map { it.slug }.toSet() == slugs && slugs.size == 30)
    println("${slugs.size} patterns in the cache from ${pages.size} pages")

    // A field that needs a key reports it by the error's code.
    val refused = client.query(EndpointsQuery()).execute()
    check(refused.errors!!.first().extensions!!["code"] == "UNAUTHENTICATED")
}

suspend fun changes(client: ApolloClient, author: ApolloClient) {
    val slug = "kotlin-${System.currentTimeMillis()}"
    val made = author.write(
        CreateMutation(
            CompanyInput(
                slug = Optional.present(slug),
                name = Optional.present("Nil"),
                summary = Optional.present("Changed."),
                kind = Optional.present(CompanyKind.COMPANY),
                industry = Optional.present("Software"),
            ),
        ),
    )
    val id = checkNotNull(made.companyCreate?.company?.id) { made.companyCreate?.userErrors.toString() }
    try {
        val one = author.write(PublishMutation(id, named("One"))).entryPublish!!
        check(client.query(CompanyBySlugQuery(slug)).execute().dataOrThrow().company?.name == "One")
        author.write(PublishMutation(id, named("Two")))

        // The first change comes from the log, the second as it happens; both change the cache.
        var token = one.token!!
        val received = client.follow(id, token).transformWhile {
            emit(it.entry.name)
            token = it.token
            check(client.cachedName(slug) == it.entry.name)
            if (it.entry.name == "Two") author.write(PublishMutation(id, named("Three")))
            it.entry.name != "Three"
        }.toList()
        check(received == listOf("Two", "Three")) { received.toString() }

        // Changes during a disconnect arrive from the last token.
        author.write(PublishMutation(id, named("Four")))
        author.write(PublishMutation(id, named("Five")))
        val missed = author.follow(id, token).map { it.entry.name }.take(2).toList()
        check(missed == listOf("Four", "Five")) { missed.toString() }
        println("changes arrived live and, after a disconnect, from the last token")
    } finally {
        author.write(DeleteMutation(id))
    }
}

fun ApolloClient.follow(id: String, since: String) =
    subscription(ChangesSubscription(Optional.present(listOf(id)), Optional.present(since)))
        .toFlow()
        .map { checkNotNull(it.dataOrThrow().entryChanged.onEntryUpsert) }

suspend fun ApolloClient.cachedName(slug: String): String? =
    query(CompanyBySlugQuery(slug)).fetchPolicy(FetchPolicy.CacheOnly).execute().dataOrThrow().company?.name

fun main() {
    val hub = System.getenv("HUB_URL") ?: "http://127.0.0.1:8080"
    val key = requireNotNull(System.getenv("HUB_KEY")) { "HUB_KEY is a key of a publisher" }
    runBlocking {
        withTimeout(60_000) {
            val client = connect(hub)
            val author = connect(hub, key)
            reads(client)
            changes(client, author)
        }
    }
    // The threads of the HTTP client would keep the program running for a minute.
    exitProcess(0)
}
