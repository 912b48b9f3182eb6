// Clicking a frame sets the place to look at in that shot. Without this script the fields do the same.

const clamp = (value, low, high) => Math.min(Math.max(value, low), high)

for (const shot of document.querySelectorAll("[data-shot]")) {
  const frame = shot.querySelector("[data-frame]")
  const boxes = [...shot.querySelectorAll("[data-box]")]
  const found = boxes.map((box) => box.getAttribute("style"))
  const [x, y, zoom] = ["x", "y", "zoom"].map((name) => shot.querySelector(`input[name$="-${name}"]`))
  const clear = shot.querySelector("[data-clear]")
  if (!x || !y) continue
  const [top, bottom, left, right] = frame.dataset.bars.split(" ").map(Number)
  const across = 1 - left - right, down = 1 - top - bottom
  const point = document.createElement("span")
  point.className = "fr-point"
  frame.append(point)
  frame.classList.add("fr-live")

  function show(changed) {
    const told = x.value !== "" && y.value !== ""
    point.hidden = !told
    clear.hidden = !told
    if (!told) {
      if (changed) boxes.forEach((box, index) => box.setAttribute("style", found[index]))
      return
    }
    const at = { x: clamp(Number(x.value) / 100, 0, 1), y: clamp(Number(y.value) / 100, 0, 1) }
    point.style.left = `${100 * (left + at.x * across)}%`
    point.style.top = `${100 * (top + at.y * down)}%`
    if (!changed) return
    for (const box of boxes) {
      const along = box.dataset.axis
      const picture = zoom.value === "" ? Number(box.dataset.zoom) : clamp(Number(zoom.value) / 100, 0.3, 1)
      const size = Math.min(1, Number(box.dataset.least) / picture)
      if (Number(box.dataset.least) >= 1) continue
      const begin = clamp(at[along] - size / 2, 0, 1 - size)
      if (along === "x") {
        box.style.left = `${100 * (left + begin * across)}%`
        box.style.width = `${100 * size * across}%`
      } else {
        box.style.top = `${100 * (top + begin * down)}%`
        box.style.height = `${100 * size * down}%`
      }
    }
  }

  frame.addEventListener("click", (event) => {
    const area = frame.getBoundingClientRect()
    const at = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height]
    x.value = (100 * clamp((at[0] - left) / across, 0, 1)).toFixed(1)
    y.value = (100 * clamp((at[1] - top) / down, 0, 1)).toFixed(1)
    show(true)
  })
  clear.addEventListener("click", () => {
    x.value = y.value = zoom.value = ""
    show(true)
    x.focus()
  })
  for (const field of [x, y, zoom]) field.addEventListener("input", () => show(true))
  show(false)
}
