"""The page where people let the platforms fail: `/faults`. Forms only, no scripts."""

from html import escape

from publishing.simulator import faults
from publishing.simulator.pages import page
from publishing.simulator.web import Request, Response, Routes, redirect
from publishing.simulator.world import World

routes = Routes("")

_WHEN = {
    faults.When.BEFORE: "Before the effect",
    faults.When.AFTER: "After the effect",
    faults.When.PROCESSING: "While the video is worked on",
    faults.When.WEBHOOK: "In webhooks",
}


@routes("GET", "/faults/?")
def show(world: World, request: Request) -> Response:
    """What waits to happen, a form, and the table of all faults."""
    return page("Faults", _body(world))


@routes("POST", "/faults/?")
def set_fault(world: World, request: Request) -> Response:
    """Set one, or take back what has not happened. Only from this page."""
    if not _is_from_here(request):
        return page("Refused", "<h1>Faults are set from this page only.</h1>", status=403)
    form = request.form
    if form.get("do") == "take back":
        faults.take_back(world)
        return redirect("/faults")
    wanted = {name: form[name] for name in ("seconds", "status", "bytes") if form.get(name)}
    try:
        faults.inject(
            world,
            point=form.get("point", ""),
            fault=form.get("fault", ""),
            count=int(form.get("count") or 1),
            skip=int(form.get("skip") or 0),
            **wanted,
        )
    except ValueError as err:
        problem = f'<p role="alert" class="empty">Not set: {escape(str(err))}</p>'
        return page("Faults", problem + _body(world), status=400)
    return redirect("/faults")


def _is_from_here(request: Request) -> bool:
    """Pages elsewhere may have a browser send us forms; such a browser says where from."""
    origin = request.headers.get("origin")
    return origin in (None, request.base_url)


def _body(world: World) -> str:
    return (
        "<h1>Faults</h1><p>Let a platform fail on purpose, at one of its calls, and see what "
        f"Stakazo makes of it.</p>{_waiting(world)}{_form()}{_table()}"
    )


def _waiting(world: World) -> str:
    rows = "".join(
        f"<tr><td>{escape(row['point'])}</td><td>{escape(row['fault'])}</td>"
        f"<td>{row['remaining']}</td><td>{row['skip']}</td><td>{escape(row['params'])}</td></tr>"
        for row in faults.waiting(world)
    )
    if not rows:
        return '<p class="empty">Nothing waits to happen.</p>'
    return (
        "<table><caption>What waits to happen</caption><tr><th scope='col'>Point</th>"
        "<th scope='col'>Fault</th><th scope='col'>Times left</th>"
        "<th scope='col'>After so many good ones</th><th scope='col'>Parameters</th></tr>"
        f"{rows}</table><form method='post' action='/faults'>"
        "<button name='do' value='take back'>Take all of it back</button></form>"
    )


def _form() -> str:
    points = "".join(f"<option>{escape(name)}</option>" for name in faults.POINTS)
    kinds = "".join(f"<option>{escape(name)}</option>" for name in faults.FAULTS)
    numbers = "".join(
        f'<label>{label} <input name="{name}" type="number" min="{least}" {more}></label> '
        for name, label, least, more in (
            ("count", "Times", 1, 'value="1"'),
            ("skip", "After so many good ones", 0, 'value="0"'),
            ("seconds", "Seconds", 0, 'step="any"'),
            ("status", "Status", 500, ""),
            ("bytes", "Bytes", 1, ""),
        )
    )
    return (
        "<h2>Set one</h2><form method='post' action='/faults'>"
        f"<p><label>Point <select name='point'>{points}</select></label> "
        f"<label>Fault <select name='fault'>{kinds}</select></label></p>"
        f"<p>{numbers}</p><p><button>Set it</button></p></form>"
    )


def _table() -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_WHEN[each.when]}</td>'
        f"<td>{escape(each.sentence)}</td><td>{_numbers(each)}</td>"
        f"<td>{escape(', '.join(faults.points_of(name)))}</td></tr>"
        for name, each in faults.FAULTS.items()
    )
    return (
        "<table><caption>All faults</caption><tr><th scope='col'>Fault</th>"
        "<th scope='col'>When</th><th scope='col'>What happens</th>"
        f"<th scope='col'>Unless given</th><th scope='col'>Where</th></tr>{rows}</table>"
    )


def _numbers(each: faults.Failing) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in each.numbers.items())
