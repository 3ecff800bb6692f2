// The islands: what a page gains in a browser with scripts. Each page works without them.
import { writing } from "./dom";
import { Graph } from "./graph";
import { LiveForm, Sliders } from "./live";
import { copyButtons, Progress, Tabs } from "./reading";
import { SearchField } from "./search";
import { ThemeSwitch } from "./theme-switch";

customElements.define("site-theme", ThemeSwitch);
customElements.define("site-search", SearchField);
customElements.define("site-filters", LiveForm);
customElements.define("site-sliders", Sliders);
customElements.define("site-tabs", Tabs);
customElements.define("site-progress", Progress);
customElements.define("site-graph", Graph);
copyButtons();

/** The entries of a list, in the order of the page. */
const entries = ".card h3 a, .hits h2 a, .rows > li > a:first-of-type";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) {
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector<HTMLInputElement>("#find")?.select();
    return;
  }
  const step = { j: 1, k: -1 }[event.key];
  const links = [...document.querySelectorAll<HTMLElement>(entries)];
  if (step === undefined || links.length === 0) {
    return;
  }
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)].focus();
});
