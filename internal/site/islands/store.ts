// What a browser remembers of its reader. It stays in the browser. A browser may refuse to store anything,
// then each page begins anew.

export function recall(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function remember(key: string, value: string) {
  try {
    if (value === "") {
      localStorage.removeItem(key);
    } else {
      localStorage.setItem(key, value);
    }
  } catch {
    // Nothing is remembered.
  }
}

/** The theme that the reader has chosen, empty for that of the system. */
export function chosenTheme(): "" | "light" | "dark" {
  const theme = recall("theme");
  return theme === "light" || theme === "dark" ? theme : "";
}
