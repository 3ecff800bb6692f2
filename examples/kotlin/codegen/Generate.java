import com.apollographql.apollo.compiler.ApolloCompiler;
import com.apollographql.apollo.compiler.CodegenOptions;
import com.apollographql.apollo.compiler.CodegenSchemaOptions;
import com.apollographql.apollo.compiler.InputFile;
import com.apollographql.apollo.compiler.IrOptions;
import com.apollographql.apollo.compiler.TargetLanguage;
import com.apollographql.apollo.compiler.codegen.SourceOutputKt;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes the Kotlin classes of the documents in a folder. It downloads the hub's schema as Apollo's Gradle plugin
 * does (downloadApolloSchemaFromIntrospection).
 */
public class Generate {
  private static final String INTROSPECTION =
      """
      query Introspection {
        __schema {
          queryType { name } mutationType { name } subscriptionType { name }
          types {
            kind name description
            fields(includeDeprecated: true) { name description args { ...Input } type { ...Type } isDeprecated deprecationReason }
            inputFields { ...Input }
            interfaces { ...Type }
            enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
            possibleTypes { ...Type }
          }
          directives { name description locations args { ...Input } isRepeatable }
        }
      }
      fragment Input on __InputValue { name description type { ...Type } defaultValue }
      fragment Type on __Type {
        kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
      }
      """;

  public static void main(String[] args) throws Exception {
    Path documents = Path.of(args[0]);
    Path out = Path.of(args[1]);
    Path schema = out.resolveSibling("schema.json");
    Files.createDirectories(out);
    Files.writeString(schema, download(System.getenv().getOrDefault("HUB_URL", "http://127.0.0.1:8080")));

    // Null means the compiler's default.
    CodegenOptions options =
        new CodegenOptions(
            TargetLanguage.KOTLIN_1_9, "hub", "hub", null, null, null, null, null, null, null, null, null, null, null,
            null, null, null, null, null, null, null, null, null, null);
    Map<String, String> strings =
        Map.of("DateTime", "kotlin.String", "HTML", "kotlin.String", "PartialDate", "kotlin.String",
            "SyncToken", "kotlin.String", "URI", "kotlin.String");
    SourceOutputKt.writeTo(
        ApolloCompiler.INSTANCE.buildSchemaAndOperationsSources(
            List.of(input(schema), input(documents.resolve("extra.graphqls"))),
            List.of(input(documents.resolve("operations.graphql"))),
            new CodegenSchemaOptions(strings, Map.of(), null),
            new IrOptions(null, null, null, null, null, null, null, null, null),
            options, null, null, null, null, null, null, null, null),
        out.toFile(), true, null);
  }

  private static InputFile input(Path path) {
    File file = path.toFile();
    return new InputFile(file, file.getName());
  }

  private static String download(String hub) throws IOException, InterruptedException {
    String query = INTROSPECTION.replace("\n", " ");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(hub + "/graphql"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"query\": \"" + query + "\"}"))
            .build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("the hub answered the introspection with " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }
}
