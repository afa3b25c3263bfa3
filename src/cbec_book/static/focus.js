/* The theme takes the focus off its buttons when they are used. Who uses the keyboard gets it back:
   at once, or when the dialog closes that the button has opened. */
(function () {
  "use strict";

  let opener = null;

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("button");
      const isByMouse = event.detail !== 0; // the focus would keep the button's tooltip open
      if (!button || isByMouse) return;
      setTimeout(() => {
        if (document.querySelector("dialog[open]")) opener = button;
        else if (document.activeElement === document.body) button.focus();
      });
    },
    true,
  );

  window.addEventListener(
    "close",
    () => {
      if (opener) opener.focus();
      opener = null;
    },
    true,
  );
})();
