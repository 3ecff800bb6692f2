import { renderMermaidSVG } from "beautiful-mermaid";
globalThis.draw = renderMermaidSVG;
