// The editors' workers must be set up before the first editor is created.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./style.css";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { fitting, linkedExample } from "./examples";
import { createFetcher, endpoint, introspect } from "./fetcher";

const root = document.getElementById("root");
if (root === null) {
  throw new Error("the page has no element with the id root");
}

const schema = await introspect();
const linked = linkedExample(location.hash);

createRoot(root).render(
  <StrictMode>
    <header className="hub">
      <h1>Excellence Patterns Hub</h1>
      <p>
        A playground for the graph of patterns, companies and case studies at{" "}
        <code>{endpoint}</code>. The tabs hold examples: press the play button, then change them.
      </p>
    </header>
    <main className="playground">
      <GraphiQL
        fetcher={createFetcher()}
        plugins={[HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })]}
        defaultTabs={linked ? [linked, ...fitting(schema)] : fitting(schema)}
        initialQuery={linked?.query}
        initialVariables={linked?.variables}
        defaultEditorToolsVisibility="variables"
        inputValueDeprecation
        schemaDescription
      >
        <GraphiQL.Logo>Playground</GraphiQL.Logo>
      </GraphiQL>
    </main>
  </StrictMode>,
);
