import { formatNumber } from "../quantity.js"
import { picture } from "./interval-picture.js"
import { type Row, readIndex, shown, sortKey } from "./run-index-data.js"

/** In the index: filters, sorts and pages through the runs and compares the chosen ones. The state is in the address,
 *  so that a comparison can be kept as a bookmark. */
const PAGE_SIZE = 100
const { columns, rows } = readIndex()
const listed = columns.filter((column) => column.listed)
const chosen = new Set<string>()
let sortBy = ""
let ascending = true
let page = 0

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T
const find = byId<HTMLInputElement>("find")
const kind = byId<HTMLSelectElement>("kind")
const onlyChosen = byId<HTMLInputElement>("only-chosen")
const figure = byId<HTMLSelectElement>("figure")
const allRows = byId<HTMLInputElement>("all-rows")
const body = document.querySelector<HTMLTableSectionElement>("#runs tbody") as HTMLTableSectionElement

function make(tag: string, text = "", className = ""): HTMLElement {
  const element = document.createElement(tag)
  element.textContent = text
  if (className !== "") element.className = className
  return element
}

function visibleRows(): Row[] {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  const kept = rows.filter(
    (row) =>
      (kind.value === "" || row.run.kind === kind.value) &&
      (!onlyChosen.checked || chosen.has(row.run.id)) &&
      words.every((word) => row.text.includes(word)),
  )
  if (sortBy === "") return kept
  const keys = new Map(kept.map((row) => [row, sortKey(row, sortBy)]))
  return kept.sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    const order =
      typeof x === "number" && typeof y === "number"
        ? x - y
        : String(x) < String(y)
          ? -1
          : String(x) > String(y)
            ? 1
            : 0
    return ascending ? order : -order
  })
}

function drawList(): void {
  const all = visibleRows()
  const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE))
  page = Math.min(page, pages - 1)
  body.replaceChildren(...all.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE).map(drawRow))
  byId("count").textContent = `${formatNumber(all.length, "count")} of ${formatNumber(rows.length, "count")} runs`
  byId("place").textContent = `page ${page + 1} of ${pages}`
  byId<HTMLButtonElement>("previous").disabled = page === 0
  byId<HTMLButtonElement>("next").disabled = page === pages - 1
  ;(document.querySelector(".pager") as HTMLElement).hidden = pages === 1
}

function drawRow(row: Row): HTMLElement {
  const { run } = row
  const line = make("tr", "", chosen.has(run.id) ? "chosen" : "")
  const box = document.createElement("input")
  box.type = "checkbox"
  box.checked = chosen.has(run.id)
  box.setAttribute("aria-label", `compare ${run.title}, ${run.id}`)
  box.addEventListener("change", () => {
    if (box.checked) chosen.add(run.id)
    else chosen.delete(run.id)
    line.classList.toggle("chosen", box.checked)
    drawComparison()
  })
  const choose = make("td", "", "choose")
  choose.append(box)
  const name = make("th", "", "name")
  name.setAttribute("scope", "row")
  name.append(
    titleOf(row),
    ...(run.flags ?? []).map((flag) => make("span", flag, flag.includes("image") ? "flag unsafe" : "flag")),
    make("span", run.id, "line"),
  )
  line.append(choose, name, make("td", run.verdict, "verdict"))
  for (const column of listed) {
    const cell = make("td", "", typeof sortKey(row, column.key) === "number" ? "number" : "")
    const { text, range } = shown(row, column)
    cell.append(text)
    if (range !== "") cell.append(make("span", range, "line"))
    line.append(cell)
  }
  line.append(make("td", run.createdAt.slice(0, 16).replace("T", " "), "when"))
  return line
}

function titleOf({ run }: Row): HTMLElement {
  const title = make(run.href === undefined ? "span" : "a", run.title)
  if (run.href !== undefined) title.setAttribute("href", run.href)
  return title
}

function drawHead(): void {
  const line = make("tr")
  const heading = (label: string, key: string, numeric: boolean): HTMLElement => {
    const cell = make("th", "", numeric ? "number" : "")
    cell.setAttribute("scope", "col")
    cell.setAttribute("aria-sort", sortBy === key ? (ascending ? "ascending" : "descending") : "none")
    const button = make("button", label)
    button.addEventListener("click", () => {
      ascending = sortBy === key ? !ascending : true
      sortBy = key
      page = 0
      draw()
      ;[...document.querySelectorAll<HTMLElement>("#runs thead button")]
        .find((other) => other.textContent === label)
        ?.focus()
    })
    cell.append(button)
    return cell
  }
  const isNumeric = (key: string) => rows.some((row) => typeof sortKey(row, key) === "number")
  line.append(make("td"), heading("Run", "title", false), heading("Verdict", "verdict", false))
  line.append(
    ...listed.map((column) => heading(column.label, column.key, isNumeric(column.key))),
    heading("Started", "createdAt", false),
  )
  document.querySelector("#runs thead")?.replaceChildren(line)
}

function drawComparison(): void {
  const picked = rows.filter(({ run }) => chosen.has(run.id))
  byId("comparison").hidden = picked.length < 2
  byId("chosen-bar").hidden = picked.length === 0
  byId("to-comparison").hidden = picked.length < 2
  byId("chosen-count").textContent =
    picked.length === 1 ? "1 run chosen; choose another to compare" : `${picked.length} runs chosen`
  remember()
  if (picked.length < 2) return
  byId("comparison-title").textContent = `${picked.length} runs compared`
  const head = make("tr")
  head.append(make("td"), ...picked.map(comparedHeading))
  const otherData = columns.filter((column) => column.namesData && differs(picked, column.key))
  const note = byId("other-data")
  note.hidden = otherData.length === 0
  note.textContent =
    `These runs differ in ${otherData.map(({ label }) => label).join(", ")}: their figures are of different images, ` +
    "so none is marked as better."
  const table = document.querySelector("#comparison table")
  const lines: HTMLElement[] = []
  for (const group of ["result", "setting"] as const) {
    const own = columns.filter((column) => column.group === group)
    const kept = own.filter(
      (column) =>
        picked.some((row) => shown(row, column).text !== "–") && (allRows.checked || differs(picked, column.key)),
    )
    if (kept.length === 0) continue
    const title = make("tr", "", "group")
    const cell = make("th", group === "result" ? "Results" : "Settings")
    cell.setAttribute("colspan", String(picked.length + 1))
    title.append(cell)
    lines.push(title, ...kept.map((column) => comparedLine(picked, column, otherData.length === 0)))
  }
  const thead = make("thead")
  thead.append(head)
  const tbody = make("tbody")
  tbody.append(...lines)
  table?.replaceChildren(thead, tbody)
  const column = columns.find(({ key }) => key === figure.value)
  document.querySelector(".picture")?.replaceChildren(...(column === undefined ? [] : [picture(picked, column)]))
}

function comparedHeading(row: Row): HTMLElement {
  const cell = make("th")
  cell.setAttribute("scope", "col")
  cell.append(titleOf(row), make("span", row.run.id, "line"))
  return cell
}

/** @param marksBest whether the best figure is set apart */
function comparedLine(picked: readonly Row[], column: (typeof columns)[number], marksBest: boolean): HTMLElement {
  const line = make("tr", "", differs(picked, column.key) ? "" : "is-same")
  const label = make("th", column.label)
  label.setAttribute("scope", "row")
  const numbers = picked.map((row) => sortKey(row, column.key)).filter((key) => typeof key === "number")
  const ends = { lower: Math.min(...numbers), higher: Math.max(...numbers) }
  const best = column.better === undefined || !marksBest ? undefined : ends[column.better]
  line.append(
    label,
    ...picked.map((row) => {
      const { text, range } = shown(row, column)
      const cell = make("td")
      cell.append(make(best !== undefined && sortKey(row, column.key) === best ? "strong" : "span", text))
      if (range !== "") cell.append(make("span", range, "line"))
      return cell
    }),
  )
  return line
}

const differs = (picked: readonly Row[], key: string): boolean =>
  picked.some((row) => JSON.stringify(row.values[key]) !== JSON.stringify(picked[0]?.values[key]))

function remember(): void {
  const state = new URLSearchParams()
  if (chosen.size > 0) state.set("runs", [...chosen].join(","))
  if (find.value !== "") state.set("find", find.value)
  history.replaceState(null, "", state.size === 0 ? location.pathname : `#${state}`)
}

function draw(): void {
  drawHead()
  drawList()
  drawComparison()
}

for (const column of columns.filter(
  ({ key, group }) => group === "result" && rows.some((row) => typeof sortKey(row, key) === "number"),
)) {
  const option = make("option", column.label)
  option.setAttribute("value", column.key)
  figure.append(option)
}
const state = new URLSearchParams(location.hash.slice(1))
for (const id of (state.get("runs") ?? "").split(",")) if (rows.some(({ run }) => run.id === id)) chosen.add(id)
find.value = state.get("find") ?? ""
const restart = (): void => {
  page = 0
  drawList()
  remember()
}
find.addEventListener("input", restart)
kind.addEventListener("change", restart)
onlyChosen.addEventListener("change", restart)
allRows.addEventListener("change", drawComparison)
figure.addEventListener("change", drawComparison)
byId("to-comparison").addEventListener("click", (event) => {
  event.preventDefault() // the address keeps the choice
  byId("comparison").scrollIntoView()
})
byId("clear").addEventListener("click", () => {
  chosen.clear()
  draw()
})
byId("previous").addEventListener("click", () => {
  page--
  drawList()
})
byId("next").addEventListener("click", () => {
  page++
  drawList()
})
draw()
