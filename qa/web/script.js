// Runs once when the page is there.  It decides nothing: it reports which button was pressed, copies
// text, and leads the eye to the evidence.
() => {
  const press = (payload) => {
    const box = document.querySelector("#event textarea, #event input");
    if (!box) return;
    const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set;
    set.call(box, JSON.stringify(payload));
    box.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector("#event-send").click(), 30);
  };
  const copy = async (button) => {
    const box = button.parentElement.querySelector(".copytext");
    try { await navigator.clipboard.writeText(box.value); }
    catch { box.hidden = false; box.select(); document.execCommand("copy"); box.hidden = true; }
    const before = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    if (button.dataset.act === "copy") return void copy(button);
    const payload = { ...button.dataset, at: Date.now() };
    const form = button.closest("[data-form]");
    if (form) payload.why = form.querySelector("input").value;
    press(payload);
    if (button.dataset.act === "cite" && window.innerWidth < 900)
      setTimeout(() => document.querySelector("#evidence")?.scrollIntoView({ behavior: "smooth" }), 400);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("input.why")) return;
    event.preventDefault();
    event.target.closest("[data-form]").querySelector("[data-act]").click();
  });
  // The latest turn is what is looked at.
  const chat = document.querySelector("#chat");
  let turns = 0;
  new MutationObserver(() => {
    const all = chat.querySelectorAll(".turn");
    if (all.length !== turns) {
      turns = all.length;
      all[turns - 1]?.scrollIntoView({ behavior: "smooth", block: "start" });
    }
  }).observe(chat, { childList: true, subtree: true });
}
