/** In the page: tables sort by a click on a heading, and show the columns in which nothing differs on demand. */
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" })

for (const table of document.querySelectorAll<HTMLTableElement>(".table table")) {
  const headings = [...table.querySelectorAll<HTMLElement>("thead th")]
  headings.forEach((heading, column) => {
    heading.querySelector("button")?.addEventListener("click", () => {
      const ascending = heading.getAttribute("aria-sort") !== "ascending"
      for (const other of headings) other.setAttribute("aria-sort", "none")
      heading.setAttribute("aria-sort", ascending ? "ascending" : "descending")
      sortRows(table, column, ascending)
    })
  })
}

function sortRows(table: HTMLTableElement, column: number, ascending: boolean): void {
  const [body] = table.tBodies
  if (body === undefined) return
  const rows = [...body.rows].map((row) => {
    const text = row.cells[column]?.dataset.v
    return { row, text, number: text === undefined || text.trim() === "" ? Number.NaN : Number(text) }
  })
  const allNumbers = rows.every(({ text, number }) => text === undefined || text === "NaN" || !Number.isNaN(number))
  rows.sort((a, b) => {
    const [aMissing, bMissing] = [a, b].map(({ text }) => text === undefined || text === "NaN")
    if (aMissing || bMissing) return Number(aMissing) - Number(bMissing)
    const order = allNumbers ? a.number - b.number : collator.compare(a.text ?? "", b.text ?? "")
    return ascending ? order : -order
  })
  body.append(...rows.map(({ row }) => row))
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-show-same]")) {
  button.addEventListener("click", () => {
    const shown = button.closest(".table")?.classList.toggle("show-same") ?? false
    button.setAttribute("aria-pressed", String(shown))
    button.textContent = shown ? "Hide these columns" : "Show these columns"
  })
}

export {}
