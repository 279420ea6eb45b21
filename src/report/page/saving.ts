/** In the page: saves embedded data as a file. */
for (const button of document.querySelectorAll<HTMLElement>("[data-save]")) {
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.save ?? "")?.textContent ?? ""
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }))
    link.download = button.dataset.name ?? "data.json"
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  })
}

export {}
