import { button, create } from "./dom";

/** The size, in pixels for each unit of a drawing, from which its names can be read. */
const readable = 0.55;

/** Where a part of a line begins so that it is within the whole, or in the middle if it is longer. */
function within(at: number, length: number, from: number, whole: number): number {
  return length >= whole
    ? from - (length - whole) / 2
    : Math.min(Math.max(at, from), from + whole - length);
}

/** Moves and enlarges the drawing that it surrounds: by dragging, with buttons, and with the keyboard. */
export class Graph extends HTMLElement {
  connectedCallback() {
    const drawing = this.querySelector("svg");
    if (!drawing?.viewBox.baseVal || this.querySelector(":scope > .zoom")) {
      return;
    }
    const view = drawing.viewBox.baseVal;
    const whole = { x: view.x, y: view.y, width: view.width, height: view.height };
    if (whole.width === 0) {
      return;
    }
    const set = (x: number, y: number, width: number, height: number) => {
      view.width = width;
      view.height = height;
      view.x = within(x, width, whole.x, whole.width);
      view.y = within(y, height, whole.y, whole.height);
    };
    const showAll = () => set(whole.x, whole.y, whole.width, whole.height);
    const zoom = (factor: number) => {
      const { clientWidth, clientHeight } = drawing;
      // The part that shows has the shape of the element, which need not be that of the drawing.
      const across = Math.max(view.width, (view.height * clientWidth) / clientHeight);
      const most = Math.max(whole.width, (whole.height * clientWidth) / clientHeight);
      const width = Math.max(whole.width / 12, across * factor);
      if (width >= most) {
        showAll();
        return;
      }
      const height = (width * clientHeight) / clientWidth;
      set(view.x + (view.width - width) / 2, view.y + (view.height - height) / 2, width, height);
    };
    const move = (x: number, y: number) =>
      set(view.x + x * view.width, view.y + y * view.height, view.width, view.height);
    const buttons = create("div", {
      class: "zoom",
      role: "group",
      "aria-label": "Size of the drawing",
    });
    buttons.append(
      button("+", "Larger", () => zoom(0.7)),
      button("−", "Smaller", () => zoom(1 / 0.7)),
      button("Whole", "Show the whole drawing", showAll),
    );
    this.prepend(buttons);
    // On a small screen the names of the whole would be too small to read, so its middle is shown first.
    const size = Math.min(drawing.clientWidth / whole.width, drawing.clientHeight / whole.height);
    if (size < readable) {
      zoom(size);
    }
    buttons.addEventListener("keydown", (event) => {
      const step = {
        ArrowLeft: [-0.1, 0],
        ArrowRight: [0.1, 0],
        ArrowUp: [0, -0.1],
        ArrowDown: [0, 0.1],
      }[event.key];
      if (step) {
        event.preventDefault();
        move(step[0], step[1]);
      }
    });
    this.drag(drawing, move);
    drawing.addEventListener(
      "wheel",
      (event) => {
        // Without a key the page scrolls.
        if (event.ctrlKey || event.metaKey) {
          event.preventDefault();
          zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15);
        }
      },
      { passive: false },
    );
  }

  private drag(drawing: SVGSVGElement, move: (x: number, y: number) => void) {
    let moved = 0;
    drawing.addEventListener("pointerdown", (event) => {
      moved = 0;
      if (event.pointerType === "mouse" && event.button === 0) {
        const follow = (to: PointerEvent) => {
          moved += Math.abs(to.movementX) + Math.abs(to.movementY);
          move(-to.movementX / drawing.clientWidth, -to.movementY / drawing.clientHeight);
        };
        const end = () => {
          window.removeEventListener("pointermove", follow);
          window.removeEventListener("pointerup", end);
        };
        window.addEventListener("pointermove", follow);
        window.addEventListener("pointerup", end);
      }
    });
    drawing.addEventListener("dragstart", (event) => event.preventDefault());
    // The end of a drag is no press of the link below it.
    drawing.addEventListener(
      "click",
      (event) => {
        if (moved > 5) {
          event.preventDefault();
        }
      },
      true,
    );
  }
}
