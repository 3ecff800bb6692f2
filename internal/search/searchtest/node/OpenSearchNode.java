import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/**
 * One OpenSearch node on loopback, for tests: OpenSearchNode HOME HTTP_PORT TRANSPORT_PORT [PEER...]. Peers are the
 * transport ports of all nodes of a cluster, its own too; without any it is alone. Nodes are named after them.
 */
public class OpenSearchNode {
  static class TestNode extends Node {
    TestNode(Environment e, Collection<Class<? extends Plugin>> plugins) {
      super(e, plugins, false);
    }
  }

  public static void main(String[] args) throws Exception {
    List<String> peers = List.of(args).subList(3, args.length);
    Settings.Builder builder = Settings.builder()
        .put("node.name", args[2]).put("cluster.name", "test").put("path.home", args[0])
        .put("network.host", "127.0.0.1").put("http.port", args[1]).put("transport.port", args[2])
        .put("http.type", "netty4").put("transport.type", "netty4")
        .put("node.processors", 2)
        // A full disk of the machine is no concern of the tests.
        .put("cluster.routing.allocation.disk.threshold_enabled", false);
    if (peers.isEmpty()) {
      builder.put("discovery.type", "single-node");
    } else {
      builder.putList("discovery.seed_hosts", peers.stream().map(p -> "127.0.0.1:" + p).toList())
          .putList("cluster.initial_cluster_manager_nodes", peers);
    }
    Node node = new TestNode(InternalSettingsPreparer.prepareEnvironment(builder.build(), Map.of(), (Path) null, () -> args[2]),
        List.of(org.opensearch.transport.Netty4Plugin.class, org.opensearch.analysis.common.CommonAnalysisPlugin.class));
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
        node.awaitClose(10, TimeUnit.SECONDS);
      } catch (Exception e) {
        e.printStackTrace();
      }
    }));
    System.out.println("STARTED");
    Thread.currentThread().join();
  }
}
