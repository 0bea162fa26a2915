// The closing card stands still; it is only printed.

document.getElementById("print")?.addEventListener("click", () => window.print());
