"use strict";
(() => {
  const rows = [...document.querySelectorAll(".question")];
  const buttons = [...document.querySelectorAll("[data-outcome-filter]")];
  const type = document.getElementById("type-filter");
  const search = document.getElementById("search");
  const count = document.getElementById("shown-count");
  const empty = document.getElementById("none-shown");
  let outcome = "all";

  const wanted = (row) => {
    const mine = row.dataset.outcome;
    if (outcome === "failures" && mine !== "wrong" && mine !== "declined" && mine !== "offered") return false;
    if (outcome !== "all" && outcome !== "failures" && mine !== outcome) return false;
    if (type.value && row.dataset.type !== type.value) return false;
    const words = search.value.trim().toLowerCase();
    return !words || row.textContent.toLowerCase().includes(words);
  };
  const refresh = () => {
    let shown = 0;
    for (const row of rows) {
      row.hidden = !wanted(row);
      if (!row.hidden) shown += 1;
    }
    count.textContent = String(shown);
    empty.hidden = shown > 0;
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.outcomeFilter === outcome));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      outcome = button.dataset.outcomeFilter;
      refresh();
    });
  }
  type.addEventListener("change", refresh);
  search.addEventListener("input", refresh);
  document.getElementById("toggle-all").addEventListener("click", () => {
    const visible = rows.filter((row) => !row.hidden);
    const open = visible.some((row) => !row.open);
    for (const row of visible) row.open = open;
  });
  refresh();
})();
