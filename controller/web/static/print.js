// A printed page: its button, and the dialog at once where the address asks for it.

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
if (document.querySelector("main[data-now]")) window.addEventListener("load", () => window.print());
