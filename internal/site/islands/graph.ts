import { button, create } from "./dom";

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
    const zoom = (factor: number) => {
      const width = Math.min(whole.width, Math.max(whole.width / 12, view.width * factor));
      const height = (width * whole.height) / whole.width;
      set(view.x + (view.width - width) / 2, view.y + (view.height - height) / 2, width);
    };
    const set = (x: number, y: number, width: number) => {
      const height = (width * whole.height) / whole.width;
      view.width = width;
      view.height = height;
      view.x = Math.min(Math.max(x, whole.x), whole.x + whole.width - width);
      view.y = Math.min(Math.max(y, whole.y), whole.y + whole.height - height);
    };
    const move = (x: number, y: number) =>
      set(view.x + x * view.width, view.y + y * view.height, view.width);
    const buttons = create("div", {
      class: "zoom",
      role: "group",
      "aria-label": "Size of the drawing",
    });
    buttons.append(
      button("+", "Larger", () => zoom(0.7)),
      button("−", "Smaller", () => zoom(1 / 0.7)),
      button("Whole", "Show the whole drawing", () => set(whole.x, whole.y, whole.width)),
    );
    this.prepend(buttons);
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
