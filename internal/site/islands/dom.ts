/** Creates an element with attributes and a text. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  text = "",
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.textContent = text;
  return element;
}

/** Creates a button that is not part of a form. */
export function button(text: string, label: string, press: () => void): HTMLButtonElement {
  const element = create("button", { type: "button", "aria-label": label, title: label }, text);
  element.addEventListener("click", press);
  return element;
}

/** Returns a function that calls f once no call has come for some milliseconds. */
export function later<A extends unknown[]>(wait: number, f: (...args: A) => void) {
  let timer = 0;
  return (...args: A) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => f(...args), wait);
  };
}

/** The address that a GET form leads to, without empty fields. */
export function addressOf(form: HTMLFormElement): URL {
  const url = new URL(form.action);
  url.search = "";
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") {
      url.searchParams.append(name, value);
    }
  }
  return url;
}

/** An address of the site with the token of the preview that this page is part of, if it is. */
export function carried(address: string): string {
  const token = new URLSearchParams(location.search).get("preview");
  return token === null
    ? address
    : `${address}${address.includes("?") ? "&" : "?"}preview=${encodeURIComponent(token)}`;
}

/** Reports whether a key belongs to what the reader is writing. */
export function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}
