"""Coming in and going out over HTTP: cookies, links, badges, streams, and what cannot be pretended."""

import asyncio
from typing import Any

import httpx
import pytest
from keys import OURS, PASSWORD, Keys, run, sign_in

from controller.access import By, Role
from controller.access.entering import first_link
from controller.access.people import set_pin
from controller.access.tokens import revoke_token

OTHER = "other unrelated words"
BY = By(who="person ada")


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> httpx.Response:
    return await client.post(path, json=body, headers=OURS)


def cookie(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser() as plain:
            said = cookie(await sign_in(plain, "ada"))
            assert said.startswith("lotwright=")
            for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"):
                assert part in said
            assert "Secure" not in said
        async with keys.browser(scheme="https", host="plant.example") as secure:
            said = cookie(await sign_in(secure, "ada"))
            assert said.startswith("__Host-lotwright=")
            assert "Secure" in said
            assert "Domain" not in said

    run(main())


def test_forged_cookies_let_nobody_in() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ada") as browser:
            real = browser.cookies["lotwright"]
        session = next(iter(keys.access.book.sessions.values()))
        async with keys.browser() as thief:
            for value in (real[:-1], real + "a", session.hash, session.id, "", "ada", '"', "a;b"):
                headers = {"cookie": f"lotwright={value}"}
                assert (await thief.get("/api/me", headers=headers)).status_code == 401, value
            other = {"cookie": f"__Host-lotwright={real}; Lotwright={real}"}
            assert (await thief.get("/api/me", headers=other)).status_code == 401
            right = {"cookie": f"a=b; lotwright={real}; lotwright=x"}
            assert (await thief.get("/api/me", headers=right)).status_code == 200

    run(main())


def test_a_cookie_that_was_there_before_signing_in_is_worth_nothing_after() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser() as browser:
            browser.cookies.set(
                "lotwright", "planted-by-somebody-else", domain="127.0.0.1", path="/"
            )
            await sign_in(browser, "amira")
            assert (await browser.get("/api/me")).status_code == 200
        async with keys.browser() as planter:
            headers = {"cookie": "lotwright=planted-by-somebody-else"}
            assert (await planter.get("/api/me", headers=headers)).status_code == 401

    run(main())


def test_signing_in_again_ends_the_session_before() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as browser:
            before = browser.cookies["lotwright"]
            await sign_in(browser, "vera")
            assert browser.cookies["lotwright"] != before
            headers = {"cookie": f"lotwright={before}"}
            async with keys.browser() as other:
                assert (await other.get("/api/me", headers=headers)).status_code == 401
        assert len(keys.access.book.sessions) == 1

    run(main())


def test_signing_out_ends_the_session_for_whoever_copied_the_cookie() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as browser:
            copied = {"cookie": f"lotwright={browser.cookies['lotwright']}"}
            answer = await browser.delete("/api/session", headers=OURS)
            assert answer.status_code == 200
            assert 'lotwright=""' in cookie(answer)
            async with keys.browser() as thief:
                assert (await thief.get("/api/me", headers=copied)).status_code == 401

    run(main())


def test_an_expired_session_is_led_to_sign_in() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as browser:
            keys.now += keys.limits.idle_s
            page = await browser.get("/floor", headers={"accept": "text/html"})
            assert page.headers["location"].startswith("/sign-in")
            answer = await post(browser, "/api/machines/P2/clear")
            assert (answer.status_code, answer.json()["kind"]) == (401, "sign-in")
            assert keys.desk.asked == []

    run(main())


def test_a_disabled_user_is_out_in_the_middle_of_things() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as amira, keys.browser("ada") as ada:
            assert (await amira.get("/api/me")).status_code == 200
            said = await ada.patch("/api/users/amira", json={"disabled": True}, headers=OURS)
            assert said.json()["disabled"] is True
            assert (await amira.get("/api/me")).status_code == 401
            assert (await sign_in(amira, "amira")).status_code == 403

    run(main())


def test_a_stream_ends_with_the_session_that_began_it() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as browser:
            secret = browser.cookies["lotwright"]
        begun, ended, sent = asyncio.Event(), asyncio.Event(), []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            begun.set()
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended.set()

        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/api/changes",
            "raw_path": b"/api/changes",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), (b"cookie", f"lotwright={secret}".encode())],
            "client": ("192.0.2.7", 5000),
            "server": ("127.0.0.1", 80),
        }
        stream = asyncio.ensure_future(keys.app(scope, receive, send))
        await asyncio.wait_for(begun.wait(), 10)
        assert sent[0]["status"] == 200
        await keys.change("amira", disabled=True)
        # The next thing to tell is not told.
        before = len(sent)
        keys.desk.tell(frozenset({"machine:P2"}))
        await asyncio.wait_for(ended.wait(), 10)
        await asyncio.wait_for(stream, 10)
        assert all(not message.get("body") for message in sent[before:][-1:])

    run(main())


def test_a_revoked_token_is_refused_at_once() -> None:
    async def main() -> None:
        keys = Keys()
        token = await keys.token("cell", Role.OPERATOR)
        headers = {"authorization": f"Bearer {token}"}
        async with keys.browser() as client:
            assert (await client.get("/api/me", headers=headers)).json()["actor"] == "token cell"
            await revoke_token(keys.access, next(iter(keys.access.book.tokens)), BY)
            answer = await client.get("/api/me", headers=headers)
            assert (answer.status_code, answer.json()["kind"]) == (401, "token")
            assert answer.headers["www-authenticate"] == "Bearer"

    run(main())


@pytest.mark.parametrize("said", ["Bearer", "Bearer x", "Basic YTpi", "bearer lwt_a_b", "lwt_a_b"])
def test_a_wrong_authorization_is_an_error_even_with_a_good_cookie(said: str) -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ada") as browser:
            answer = await browser.get("/api/me", headers={"authorization": said})
            assert answer.status_code == 401

    run(main())


def test_no_header_makes_anybody_somebody_else() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as browser:
            headers = {**OURS, "x-actor": "person ada", "x-station": "B1"}
            await browser.post("/api/machines/P2/clear", json={}, headers=headers)
        assert keys.desk.asked[0][1] == "person amira"

    run(main())


def test_fifty_wrong_passwords_over_http() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser() as browser:
            got = [(await sign_in(browser, "ada", f"guess {n}")).status_code for n in range(50)]
            assert got == [403] * 5 + [429] * 45
            slow = await sign_in(browser, "ada")
            assert slow.status_code == 429
            assert int(slow.headers["retry-after"]) > 0
            keys.now += int(slow.headers["retry-after"])
            assert (await sign_in(browser, "ada")).status_code == 200

    run(main())


def test_a_wrong_name_and_a_wrong_password_look_the_same() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser() as browser:
            answers = [await sign_in(browser, name, "guess") for name in ("ada", "nobody")]
            assert answers[0].json() == answers[1].json()
            assert answers[0].status_code == answers[1].status_code

    run(main())


def test_the_printed_link_makes_the_first_admin_and_then_nothing() -> None:
    async def main() -> None:
        keys = Keys()
        secret = await first_link(keys.access)
        body = {"token": secret, "name": "ada", "display": "Ada L.", "password": PASSWORD}
        async with keys.browser() as browser:
            assert "first admin" in (await browser.get(f"/setup?token={secret}")).text
            weak = await post(browser, "/api/setup", **{**body, "password": "adalotwright"})
            assert weak.status_code == 422
            assert (await post(browser, "/api/setup", **body)).status_code == 200
            me = (await browser.get("/api/me")).json()
            assert (me["actor"], me["role"]) == ("person ada", "admin")
            assert "admin" in me["permissions"]
        async with keys.browser() as other:
            again = await post(other, "/api/setup", **{**body, "name": "eve"})
            assert again.status_code == 403
            assert "used or is too old" in again.json()["why"]

    run(main())


def test_an_admin_adds_somebody_who_sets_their_own_password() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ada") as ada, keys.browser() as jonas:
            added = await post(ada, "/api/users", name="Jonas", display="Jonas R.", role="planner")
            link = added.json()["path"]
            token = link.partition("token=")[2]
            assert (await sign_in(jonas, "jonas", "")).status_code == 403
            await post(jonas, "/api/setup", token=token, password=OTHER)
            assert (await jonas.get("/api/me")).json()["actor"] == "person jonas"
            row = next(u for u in (await ada.get("/api/users")).json() if u["name"] == "jonas")
            assert (row["password"], row["sessions"]) == (True, 1)
            assert not {"pin_hash", "hash"} & set(row)
            fresh = (await post(ada, "/api/users/jonas/link")).json()["path"].partition("token=")[2]
            await post(jonas, "/api/setup", token=fresh, password=PASSWORD)
            assert (await sign_in(jonas, "jonas")).status_code == 200

    run(main())


def test_a_new_password_signs_the_others_out_and_keeps_this_one_in() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as here, keys.browser("amira") as there:
            answer = await post(here, "/api/me/password", password=PASSWORD, new=OTHER)
            assert answer.status_code == 200, answer.text
            assert (await here.get("/api/me")).status_code == 200
            assert (await there.get("/api/me")).status_code == 401
            wrong = await post(here, "/api/me/password", password=PASSWORD, new=OTHER)
            assert (wrong.status_code, wrong.json()["kind"]) == (403, "refused")

    run(main())


def test_signing_out_everywhere() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as here, keys.browser("amira") as there:
            assert (await here.delete("/api/me/sessions", headers=OURS)).status_code == 200
            for browser in (here, there):
                assert (await browser.get("/api/me")).status_code == 401

    run(main())


def test_an_admin_ends_a_session_and_reads_it_in_the_log() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("amira") as amira, keys.browser("ada") as ada:
            listed = (await ada.get("/api/sessions")).json()
            found = next(each for each in listed if each["user"] == "amira")
            assert found["address"] == "192.0.2.7"
            ended = await ada.delete(f"/api/sessions/{found['id']}", headers=OURS)
            assert ended.status_code == 200
            assert (await amira.get("/api/me")).status_code == 401
            newest = (await ada.get("/api/access-log?limit=1")).json()[0]
            assert (newest["kind"], newest["who"]) == ("session ended", "person ada")
            assert newest["about"] == "amira"

    run(main())


def test_a_shared_station_asks_who_it_is_before_each_action() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        await set_pin(keys.access, "amira", "482913", BY)
        await set_pin(keys.access, "vera", "735104", BY)
        token = await keys.token("bench", Role.OPERATOR, station="B1")
        async with keys.browser() as bench:
            await post(bench, "/api/session/station", token=token)
            assert (await bench.get("/api/me")).json()["asks_badge"] is True
            first = await post(bench, "/api/machines/P2/clear")
            assert (first.status_code, first.json()["kind"]) == (401, "badge")
            assert keys.desk.asked == []
            wrong = await post(bench, "/api/badge", pin="000111")
            assert wrong.status_code == 403
            shown = (await post(bench, "/api/badge", pin="482913")).json()
            assert shown == {"actor": "person amira", "shown": "Amira", "seconds": 120}
            assert (await post(bench, "/api/machines/P2/clear")).status_code == 200
            assert keys.desk.asked[0][1] == "person amira"
            keys.now += 120
            assert (await post(bench, "/api/machines/P2/clear")).status_code == 401
            # A planner does not operate machines, at a station either.
            await post(bench, "/api/badge", pin="735104")
            assert (await post(bench, "/api/machines/P2/clear")).status_code == 403
            await bench.delete("/api/badge", headers=OURS)
            assert (await bench.get("/api/me")).json()["actor"] == "station B1"

    run(main())


def test_a_station_says_where_it_is_and_cannot_say_otherwise() -> None:
    async def main() -> None:
        keys = Keys()
        stations = []

        async def ask(request: object, **said: Any) -> Any:
            stations.append((said["actor"], said["station"]))
            return await type(keys.desk).ask(keys.desk, request, **said)  # type: ignore[arg-type]

        token = await keys.token("bench", Role.OPERATOR, station="B1", badge=False)
        keys.desk.ask = ask  # type: ignore[method-assign, assignment]
        headers = {"authorization": f"Bearer {token}", "x-station": "B2", "x-actor": "person eve"}
        async with keys.browser() as client:
            await client.post("/api/machines/P2/clear", json={}, headers=headers)
        assert stations == [("station B1", "B1")]

    run(main())


def test_a_badge_counts_at_a_station_only() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        await set_pin(keys.access, "vera", "735104", BY)
        async with keys.browser("amira") as browser:
            assert (await post(browser, "/api/badge", pin="735104")).status_code == 409
            assert (await browser.get("/api/me")).json()["actor"] == "person amira"

    run(main())


def test_a_token_is_shown_once_and_its_station_exists() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ada") as ada:
            nowhere = await post(ada, "/api/tokens", name="bench", role="operator", station="Z9")
            assert nowhere.status_code == 404
            made = (await post(ada, "/api/tokens", name="webshop", role="planner")).json()
            assert made["secret"].startswith("lwt_")
            listed = (await ada.get("/api/tokens")).text
            assert made["secret"].split("_", 2)[2] not in listed
            gone = await ada.delete(f"/api/tokens/{made['token']['id']}", headers=OURS)
            assert gone.json()["revoked"]

    run(main())


def test_a_database_that_is_away_is_said_so_and_nothing_changes() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        async with keys.browser("ada") as ada:
            keys.journal.close()
            answer = await post(ada, "/api/users", name="jonas")
            assert answer.status_code == 503
            assert "Nothing was changed" in answer.json()["why"]
            # Whoever is in still sees how the plant stands.
            keys.now += 61
            assert (await ada.get("/api/day")).status_code == 200
        assert "jonas" not in keys.access.book.users

    run(main())


def test_a_restart_keeps_people_signed_in_and_the_token_of_the_last_run_out() -> None:
    async def main() -> None:
        keys = Keys()
        await keys.users()
        keys.access.lend("secret of this run", "cli", Role.ADMIN)
        async with keys.browser("amira") as browser:
            local = {"authorization": "Bearer secret of this run"}
            secret = browser.cookies["lotwright"]
            assert (await browser.get("/api/me", headers=local)).json()["actor"] == "cli"
        keys.begin()
        async with keys.browser() as again:
            assert (await again.get("/api/me", headers=local)).status_code == 401
            cookies = {"cookie": f"lotwright={secret}"}
            assert (await again.get("/api/me", headers=cookies)).status_code == 200

    run(main())
