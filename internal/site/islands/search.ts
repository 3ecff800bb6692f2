import { carried, create, later } from "./dom";

interface Suggestion {
  name: string;
  path: string;
  type: string;
}

let count = 0;

/** Shows names that begin with what is typed into the search field that it surrounds. */
export class SearchField extends HTMLElement {
  private list = create("ul", { role: "listbox", "aria-label": "Suggestions", hidden: "" });
  private at = -1;
  private request = new AbortController();

  connectedCallback() {
    const input = this.querySelector<HTMLInputElement>("input[type=search]");
    if (!input || this.contains(this.list)) {
      return;
    }
    count++;
    this.list.id = `suggestions-${count}`;
    this.append(this.list);
    for (const [attribute, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) {
      input.setAttribute(attribute, value);
    }
    const ask = later(120, () => this.ask(input));
    input.addEventListener("input", ask);
    input.addEventListener("keydown", (event) => this.key(event, input));
    input.addEventListener("blur", () => this.close(input));
    // A press must not take the focus, since the list closes without it.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (option?.dataset.path) {
        location.assign(carried(option.dataset.path));
      }
    });
  }

  private async ask(input: HTMLInputElement) {
    this.request.abort();
    this.request = new AbortController();
    const words = input.value.trim();
    if (words === "") {
      this.close(input);
      return;
    }
    try {
      const answer = await fetch(carried(`/search/suggest?q=${encodeURIComponent(words)}`), {
        signal: this.request.signal,
      });
      if (answer.ok && document.activeElement === input) {
        this.show(input, await answer.json());
      }
    } catch {
      // The reader types on, or the hub cannot be reached; the form works without suggestions.
    }
  }

  private show(input: HTMLInputElement, found: Suggestion[]) {
    this.at = -1;
    input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(
      ...found.map((item, i) => {
        const option = create("li", { role: "option", id: `${this.list.id}-${i}` }, item.name);
        option.dataset.path = item.path;
        option.append(create("span", { class: "quiet" }, item.type));
        return option;
      }),
    );
    this.list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
  }

  private close(input: HTMLInputElement) {
    this.request.abort();
    this.show(input, []);
  }

  private key(event: KeyboardEvent, input: HTMLInputElement) {
    const options = this.list.querySelectorAll<HTMLElement>("[role=option]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) {
      event.preventDefault();
      // One place more than there are options: the one outside of the list, where Enter searches.
      this.at = ((this.at + 1 + step + options.length + 1) % (options.length + 1)) - 1;
      options.forEach((option, i) => {
        option.setAttribute("aria-selected", String(i === this.at));
      });
      const option = options[this.at];
      if (option) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close(input);
    } else if (event.key === "Enter" && options[this.at]?.dataset.path) {
      event.preventDefault();
      location.assign(carried(options[this.at].dataset.path as string));
    }
  }
}
