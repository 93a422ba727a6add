"use strict";
// Search, narrow and sort the partners. Amounts are whole cents, so that what is shown adds up exactly.
const list = document.getElementById("list"), body = list.tBodies[0], rows = [...body.rows];
const search = document.getElementById("search"), only = document.getElementById("only");
const headers = [...list.tHead.rows[0].cells], PAID = 8;
const COLUMN = { capped: 6, adjustments: 7, paid: PAID, carried: 9, held: 10 };
const text = rows.map(row => [...row.cells].slice(0, 4).map(cell => cell.textContent).join(" ").toLowerCase());
const cents = (row, column) => Number(row.cells[column].dataset.v);
const money = amount => (amount < 0 ? "-" : "") + Math.floor(Math.abs(amount) / 100).toLocaleString("en-US") + "." + String(Math.abs(amount) % 100).padStart(2, "0");

function narrow() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean), column = COLUMN[only.value];
  let shown = 0, paid = 0;
  rows.forEach((row, place) => {
    row.hidden = !words.every(word => text[place].includes(word)) || (column !== undefined && cents(row, column) === 0);
    if (!row.hidden) { shown += 1; paid += cents(row, PAID); }
  });
  document.getElementById("shown").textContent = `${shown.toLocaleString("en-US")} of ${rows.length.toLocaleString("en-US")} partner${rows.length === 1 ? "" : "s"}, paid ${money(paid)}`;
}

function sort(header, column) {
  const numbers = header.classList.contains("n");
  const was = header.getAttribute("aria-sort"), ascending = was ? was === "descending" : !numbers;
  headers.forEach(one => one.removeAttribute("aria-sort"));
  header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const compare = new Intl.Collator("en").compare;
  const key = row => numbers ? cents(row, column) : row.cells[column].textContent;
  const keyed = rows.map((row, place) => [key(row), place, row]);
  const order = (a, b) => numbers ? a[0] - b[0] : compare(a[0], b[0]);
  keyed.sort((a, b) => (ascending ? order(a, b) : order(b, a)) || a[1] - b[1]);
  body.append(...keyed.map(one => one[2]));
}

headers.slice(0, -1).forEach((header, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  button.addEventListener("click", () => sort(header, column));
  header.append(button);
});
search.addEventListener("input", narrow);
only.addEventListener("change", narrow);
search.form.addEventListener("submit", event => event.preventDefault());
search.form.hidden = false;
narrow();
