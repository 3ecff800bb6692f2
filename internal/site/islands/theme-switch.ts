import { button } from "./dom";
import { chosenTheme, remember } from "./store";

const next = { "": "dark", dark: "light", light: "" } as const;
const sign = { "": "◐", dark: "●", light: "○" } as const;
const name = { "": "as the system", dark: "dark", light: "light" } as const;

/** A button that changes the theme: that of the system, dark, light. */
export class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    const press = button("", "", () => {
      const theme = next[chosenTheme()];
      remember("theme", theme);
      document.documentElement.dataset.theme = theme;
      this.show(press);
    });
    this.replaceChildren(press);
    this.show(press);
  }

  private show(press: HTMLButtonElement) {
    const theme = chosenTheme();
    press.textContent = sign[theme];
    press.title = `Theme: ${name[theme]}`;
    press.setAttribute("aria-label", press.title);
  }
}
