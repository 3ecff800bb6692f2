import { button, create } from "./dom";
import { recall, remember } from "./store";

/**
 * Shows one of its sections at a time, with a tab for each. The title of a tab is the section's first
 * heading. If it has radio buttons instead, which show their part by the style sheet, it only remembers
 * the chosen one. The reader's choice is remembered under the attribute "key" on all pages.
 */
export class Tabs extends HTMLElement {
  connectedCallback() {
    const radios = [...this.querySelectorAll<HTMLInputElement>("input[type=radio]")];
    if (radios.length > 0) {
      this.recall(radios);
      return;
    }
    const sections = [...this.children].filter(
      (child) => child.tagName === "SECTION",
    ) as HTMLElement[];
    if (sections.length < 2 || this.querySelector(":scope > [role=tablist]")) {
      return;
    }
    const key = `tab:${this.getAttribute("key") ?? location.pathname}`;
    const row = create("div", { role: "tablist" });
    const tabs = sections.map((section, i) => {
      section.id ||= `tab-${i}`;
      const title = section.querySelector("h2, h3, h4")?.textContent ?? String(i + 1);
      const tab = create(
        "button",
        { type: "button", role: "tab", "aria-controls": section.id, id: `${section.id}-tab` },
        title,
      );
      section.setAttribute("role", "tabpanel");
      section.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => choose(i));
      return tab;
    });
    const choose = (at: number) => {
      sections.forEach((section, i) => {
        section.hidden = i !== at;
        tabs[i].setAttribute("aria-selected", String(i === at));
        tabs[i].tabIndex = i === at ? 0 : -1;
      });
      remember(key, sections[at].id);
    };
    row.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[
        event.key
      ];
      if (to !== undefined) {
        event.preventDefault();
        const i = (to + tabs.length) % tabs.length;
        choose(i);
        tabs[i].focus();
      }
    });
    row.append(...tabs);
    this.prepend(row);
    const linked = sections.findIndex((section) => `#${section.id}` === location.hash);
    const last = sections.findIndex((section) => section.id === recall(key));
    choose(Math.max(linked >= 0 ? linked : last, 0));
  }

  private recall(radios: HTMLInputElement[]) {
    const key = `tab:${this.getAttribute("key") ?? location.pathname}`;
    const last = radios.find((radio) => radio.value === recall(key));
    if (last) {
      last.checked = true;
    }
    this.addEventListener("change", () => {
      remember(key, radios.find((radio) => radio.checked)?.value ?? "");
    });
  }
}

/** Remembers which boxes of a list are ticked, and says how many. Nothing leaves the browser. */
export class Progress extends HTMLElement {
  connectedCallback() {
    const boxes = [...this.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
    if (boxes.length === 0 || this.querySelector(":scope > [role=status]")) {
      return;
    }
    const key = `done:${this.getAttribute("key") ?? location.pathname}`;
    const done = new Set(recall(key).split("\n"));
    // A box is known by its text, so that a new item does not move the ticks of the others.
    const text = (box: HTMLInputElement) =>
      (box.closest("label, li")?.textContent ?? "").trim().replaceAll(/\s+/g, " ");
    const state = create("p", { class: "quiet", role: "status" });
    const show = () => {
      const ticked = boxes.filter((box) => box.checked);
      state.textContent = `${ticked.length} of ${boxes.length} done`;
      remember(key, ticked.map(text).join("\n"));
    };
    for (const box of boxes) {
      box.checked = done.has(text(box));
    }
    this.prepend(state);
    show();
    this.addEventListener("change", show);
  }
}

/** Adds a button to each block of code that copies it. */
export function copyButtons() {
  for (const block of document.querySelectorAll("pre")) {
    const frame = create("div", { class: "copied" });
    const press = button("Copy", "Copy the code", async () => {
      try {
        await navigator.clipboard.writeText(block.textContent ?? "");
        press.textContent = "Copied";
      } catch {
        press.textContent = "Not allowed";
      }
      setTimeout(() => {
        press.textContent = "Copy";
      }, 2000);
    });
    press.setAttribute("aria-live", "polite");
    press.removeAttribute("aria-label");
    block.replaceWith(frame);
    block.tabIndex = 0; // a wide block scrolls, also by keyboard
    frame.append(block, press);
  }
}
