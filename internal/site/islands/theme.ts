// Sets the theme that the reader has chosen before the page is shown, so that it never flashes in another.
import { chosenTheme } from "./store";

// What scripts will need room for has it from the start.
document.documentElement.dataset.scripts = "";
const theme = chosenTheme();
if (theme !== "") {
  document.documentElement.dataset.theme = theme;
}
