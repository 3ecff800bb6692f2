import { addressOf, create, later } from "./dom";

/**
 * Surrounds a form and what it changes. When a field changes, it takes its own new content from the page
 * that the form leads to, so that the page is not loaded again.
 */
export class LiveForm extends HTMLElement {
  private request = new AbortController();
  private said = create("p", { class: "hidden", role: "status" });
  /** Milliseconds without a change before the page is asked for. */
  protected wait = 150;

  connectedCallback() {
    if (this.said.isConnected) {
      return;
    }
    this.before(this.said);
    this.addEventListener(
      "change",
      later(this.wait, (event: Event) => {
        const form = (event.target as Element).closest("form");
        if (form && form.method === "get" && this.contains(form)) {
          this.go(addressOf(form));
        }
      }),
    );
    this.addEventListener("click", (event) => {
      const link = (event.target as Element).closest("a");
      const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
      if (
        link &&
        plain &&
        link.origin === location.origin &&
        link.pathname === location.pathname &&
        !link.hash
      ) {
        event.preventDefault();
        this.go(new URL(link.href), "top");
      }
    });
    window.addEventListener("popstate", this.back);
  }

  disconnectedCallback() {
    window.removeEventListener("popstate", this.back);
  }

  private back = () => this.go(new URL(location.href), "back");

  /** Called after the content has changed. */
  protected renewed() {}

  /** Takes the content of an address. A link leads to the top of it, and a step back adds no step. */
  private async go(url: URL, how: "here" | "top" | "back" = "here") {
    this.request.abort();
    this.request = new AbortController();
    try {
      const answer = await fetch(url, {
        signal: this.request.signal,
        headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector(this.localName);
      if (!answer.ok || !now) {
        location.assign(url);
        return;
      }
      if (how !== "back") {
        history.pushState(null, "", answer.url);
      }
      document.title = page.title;
      this.renew(now);
      if (how === "top") {
        this.tabIndex = -1;
        this.focus();
        this.scrollIntoView();
      }
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) {
        location.assign(url);
      }
    }
  }

  /** Takes the content of the new page. The focus, the open groups and the place in lists stay. */
  private renew(now: Element) {
    const held = document.activeElement;
    const field =
      held instanceof HTMLInputElement || held instanceof HTMLSelectElement ? held : undefined;
    const open = [...this.querySelectorAll("details")].map((group) => group.open);
    const scrolled = [...this.querySelectorAll("fieldset")].map((group) => group.scrollTop);
    this.replaceChildren(...now.childNodes);
    this.querySelectorAll("details").forEach((group, i) => {
      group.open = group.open || open[i] === true;
    });
    this.querySelectorAll("fieldset").forEach((group, i) => {
      group.scrollTop = scrolled[i] ?? 0;
    });
    this.renewed();
    if (field) {
      const same = [
        ...this.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select"),
      ];
      same
        .find(
          (f) =>
            f.name === field.name &&
            f.type === field.type &&
            (f.type !== "checkbox" || f.value === field.value),
        )
        ?.focus();
    }
    this.said.textContent = this.querySelector(".total, [role=status]")?.textContent ?? "";
  }
}

/** A live form that adds a slider to each field with the attributes data-low and data-high. */
export class Sliders extends LiveForm {
  connectedCallback() {
    super.connectedCallback();
    this.renewed();
  }

  protected renewed() {
    for (const number of this.querySelectorAll<HTMLInputElement>("input[data-low][data-high]")) {
      const slider = create("input", {
        type: "range",
        min: number.dataset.low ?? "",
        max: number.dataset.high ?? "",
        "aria-label": `${number.labels?.[0]?.textContent ?? number.name}, slider`,
      });
      slider.value = number.value || number.placeholder || slider.min;
      slider.addEventListener("input", () => {
        number.value = slider.value;
      });
      number.addEventListener("input", () => {
        slider.value = number.value;
      });
      number.after(slider);
    }
  }
}
