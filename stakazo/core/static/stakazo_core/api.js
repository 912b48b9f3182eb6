// Sends the JSON forms of the browsable API and shows the answer page in place of this one.
"use strict";
(() => {
  const token = JSON.parse(document.getElementById("csrf").textContent).token;
  const notice = (form, text) => {
    let line = form.querySelector("[role=alert]");
    if (!line) {
      line = document.createElement("p");
      line.setAttribute("role", "alert");
      form.append(line);
    }
    line.textContent = text;
  };
  for (const form of document.querySelectorAll("form.json")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const area = form.querySelector("textarea");
      try {
        if (area) JSON.parse(area.value || "{}");
      } catch (error) {
        notice(form, `This is not JSON: ${error.message}`);
        return;
      }
      const answer = await fetch(form.getAttribute("action"), {
        method: form.dataset.method,
        headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "text/html" },
        body: area ? area.value || "{}" : undefined,
      });
      const page = await answer.text();
      if (!page) {
        notice(form, `Done: ${answer.status} ${answer.statusText}`);
        return;
      }
      document.open();
      document.write(page);
      document.close();
    });
  }
})();
