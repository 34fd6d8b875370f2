import { el, setAttribute, setHidden, setText } from "../dom.js";

const MAX_ROWS = 2000;

/**
 * A sortable table. It makes a row for each key once, and later writes only cells
 * that have changed.
 *
 * A column is {id, title, value(item) for sorting, text(item) or fill(cell, item),
 * numeric, wide}. Columns with `wide` 1 or 2 are hidden on narrow screens. Cells
 * without text show a dash; a table without rows shows the text of `empty`. With
 * `onSelect`, the first cell of each row has a button. The arrow keys move between
 * these buttons, and the Tab key stops at only one of them.
 */
export class Table {
  #columns;
  #keyOf;
  #onSelect;
  #head;
  #body;
  #rows = new Map();
  #items = [];
  #sort;
  #selected = null;
  #emptyText;
  #emptyNote;
  shownRows = 0;

  constructor(table, { columns, keyOf, onSelect = null, sort, empty }) {
    this.#columns = columns;
    this.#keyOf = keyOf;
    this.#onSelect = onSelect;
    this.#sort = { id: sort ?? columns[0].id, down: false };
    this.#emptyText = empty;
    this.#emptyNote = el("caption", { class: "explain", hidden: true });
    table.prepend(this.#emptyNote);
    this.#head = table.tHead.rows[0];
    this.#body = table.tBodies[0];
    this.#head.append(...columns.map((x) => this.#header(x)));
    if (onSelect) this.#body.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #header(column) {
    const button = el("button", { onclick: () => this.#sortBy(column) }, column.title);
    return el("th", { scope: "col", class: classOf({ ...column, class: null }), "data-column": column.id }, column.value ? button : column.title);
  }

  #sortBy(column) {
    this.#sort = { id: column.id, down: this.#sort.id === column.id ? !this.#sort.down : column.numeric === true };
    this.show(this.#items);
  }

  select(key) {
    this.#selected = key;
    for (const [rowKey, row] of this.#rows) this.#markSelected(row, rowKey);
    this.#chooseTabStop();
  }

  /** Scrolls the table only, not the page around it. */
  scrollToSelected() {
    const row = this.#rows.get(this.#selected)?.element;
    const box = row?.closest(".scroll");
    if (!box) return;
    const above = row.offsetTop - this.#head.offsetHeight - box.scrollTop;
    const below = row.offsetTop + row.offsetHeight - box.scrollTop - box.clientHeight;
    if (above < 0) box.scrollTop += above;
    else if (below > 0) box.scrollTop += below;
  }

  show(items) {
    this.#items = items;
    const column = this.#columns.find((x) => x.id === this.#sort.id);
    const sorted = [...items].sort((a, b) => this.#compare(column, a, b)).slice(0, MAX_ROWS);
    this.shownRows = sorted.length;
    setHidden(this.#emptyNote, sorted.length > 0);
    setText(this.#emptyNote, sorted.length > 0 ? "" : this.#emptyText());
    this.#showSortOrder();
    const keys = new Set(sorted.map(this.#keyOf));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    let next = this.#body.firstChild;
    for (const item of sorted) {
      const row = this.#rowFor(item);
      if (row.element === next) next = next.nextSibling;
      else this.#body.insertBefore(row.element, next);
    }
    this.#chooseTabStop();
  }

  #showSortOrder() {
    for (const cell of this.#head.cells)
      setAttribute(cell, "aria-sort", cell.dataset.column !== this.#sort.id ? null : this.#sort.down ? "descending" : "ascending");
  }

  #compare(column, a, b) {
    const [x, y] = [column.value(a), column.value(b)];
    const order = typeof x === "number" && typeof y === "number" ? rank(x) - rank(y) : x < y ? -1 : x > y ? 1 : 0;
    if (order !== 0 && !Number.isNaN(order)) return this.#sort.down ? -order : order;
    return this.#keyOf(a) < this.#keyOf(b) ? -1 : 1;
  }

  #rowFor(item) {
    const key = this.#keyOf(item);
    let row = this.#rows.get(key);
    if (!row) {
      row = { element: el("tr"), cells: this.#columns.map((x) => el("td", { class: classOf(x) })), button: null };
      row.element.append(...row.cells);
      if (this.#onSelect) {
        row.button = el("button", { class: "row-button untrusted", tabindex: -1, onclick: () => this.#onSelect(key) });
        row.cells[0].append(row.button);
        row.element.addEventListener("click", (event) => event.target.closest("button") || this.#onSelect(key));
      }
      this.#rows.set(key, row);
      this.#markSelected(row, key);
    }
    this.#columns.forEach((column, i) => this.#fill(column, row.button && i === 0 ? row.button : row.cells[i], item));
    return row;
  }

  #fill(column, cell, item) {
    if (column.fill) column.fill(cell, item);
    else this.#fillText(cell, column.text(item));
  }

  #fillText(cell, text) {
    setText(cell, text || "–");
    cell.classList.toggle("nothing", cell.textContent === "–");
  }

  #markSelected(row, key) {
    const selected = key === this.#selected;
    row.element.classList.toggle("selected", selected);
    if (row.button) setAttribute(row.button, "aria-pressed", String(selected));
  }

  #chooseTabStop() {
    if (!this.#onSelect) return;
    const buttons = [...this.#rows.values()].map((x) => x.button);
    const current = this.#rows.get(this.#selected)?.button ?? buttons.find((x) => x === document.activeElement) ?? this.#body.querySelector("button");
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  }

  #onKey(event) {
    const row = event.target.closest("tr");
    const to = { ArrowDown: row?.nextSibling, ArrowUp: row?.previousSibling, Home: this.#body.firstChild, End: this.#body.lastChild }[event.key];
    if (!to || !event.target.matches(".row-button")) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    const button = to.querySelector(".row-button");
    button.tabIndex = 0;
    button.focus();
  }
}

/** Sorts unknown values last. */
function rank(value) {
  return Number.isFinite(value) ? value : Number.MAX_VALUE;
}

function classOf(column) {
  return [column.numeric ? "number" : "", column.wide ? `wide-${column.wide}` : "", column.class ?? ""].filter(Boolean).join(" ") || null;
}
