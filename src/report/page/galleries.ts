/** In the page: galleries choose what lies over the images, and enlarge one at a time (arrow keys move on). */
for (const gallery of document.querySelectorAll<HTMLElement>(".gallery")) {
  const layers = [...gallery.querySelectorAll<HTMLElement>(".overlay")]
  const show = (layer: string): void => {
    for (const image of layers) image.classList.toggle("on", image.dataset.layer === layer)
  }
  for (const radio of gallery.querySelectorAll<HTMLInputElement>("input[type=radio]")) {
    radio.addEventListener("change", () => show(radio.value))
    if (radio.checked) show(radio.value)
  }
  const strength = gallery.querySelector<HTMLInputElement>("input[type=range]")
  strength?.addEventListener("input", () => {
    document.documentElement.style.setProperty("--overlay-strength", String(Number(strength.value) / 100))
  })
  const panels = [...gallery.querySelectorAll<HTMLElement>(".panel")]
  for (const [place, panel] of panels.entries()) panel.addEventListener("click", () => enlarge(panels, place))
}

function enlarge(panels: readonly HTMLElement[], start: number): void {
  const dialog = document.createElement("dialog")
  const frame = document.createElement("div")
  const label = document.createElement("p")
  const bar = document.createElement("div")
  bar.className = "bar"
  label.className = "line"
  let place = start
  const turn = (step: number): void => {
    place = (place + step + panels.length) % panels.length
    const stack = panels[place]?.querySelector(".stack")?.cloneNode(true)
    if (stack !== undefined) frame.replaceChildren(stack)
    label.textContent = (panels[place]?.getAttribute("aria-label") ?? "").replace("Enlarge: ", "")
  }
  const button = (text: string, act: () => void): HTMLButtonElement => {
    const made = document.createElement("button")
    made.type = "button"
    made.className = "quiet"
    made.textContent = text
    made.addEventListener("click", act)
    return made
  }
  bar.append(
    button("← Previous", () => turn(-1)),
    label,
    button("Next →", () => turn(1)),
    button("Close", () => dialog.close()),
  )
  dialog.append(frame, bar)
  dialog.setAttribute("aria-label", "Enlarged image")
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") turn(-1)
    if (event.key === "ArrowRight") turn(1)
  })
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close()
  })
  dialog.addEventListener("close", () => {
    dialog.remove()
    panels[place]?.focus()
  })
  document.body.append(dialog)
  turn(0)
  dialog.showModal()
}

export {}
