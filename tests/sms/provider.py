"""A server that speaks Twilio's REST, and the calls it makes to us; payloads as documented.

https://www.twilio.com/docs/messaging/api/message-resource
https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import base64
import json
import threading
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from kernel import clock, preferences

ACCOUNT, TOKEN = "AC" + "0" * 32, "tok-of-tests"
FROM = "+15005550006"


class Twilio:
    """Takes messages and lists them; `answers` says what happens to the next ones.

    `busy`, `broken`, `reset` (taken, and then the line is cut), `lost` (cut before it was taken),
    `hang` (taken, and no answer before `released`), `ignore` (the same, and not taken), or a pair
    of code and words that it refuses with.
    """

    def __init__(self):
        self.messages, self.answers, self.asked, self.calls = [], [], [], 0
        # What a filter in front of it lets nobody say.
        self.filtered = ""
        # How many messages a page lists; whether it lists none at all.
        self.page, self.away = 100, False
        self.lock = threading.Lock()
        self.hanging, self.released = threading.Semaphore(0), threading.Event()
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                twilio.take(self, {name: values[0] for name, values in form.items()})

            def do_GET(self):
                query = parse_qs(urlsplit(self.path).query)
                twilio.asked.append(query)
                if twilio.away:
                    self.send_error(503)
                    return
                found = [one for one in twilio.messages if one["to"] == query["To"][0]][::-1]
                for day in query.get("DateSent", []):
                    found = [one for one in found if day_of(one) == day]
                at = int(query.get("Page", ["0"])[0]) * twilio.page
                document = {"messages": found[at : at + twilio.page], "next_page_uri": None}
                if found[at + twilio.page :]:
                    query["Page"] = [str(at // twilio.page + 1)]
                    where = urlsplit(self.path).path
                    document["next_page_uri"] = f"{where}?{urlencode(query, doseq=True)}"
                twilio.say(self, 200, document)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def take(self, handler, form):
        self.calls += 1
        key = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if handler.headers["Authorization"] != f"Basic {key}":
            self.refuse(handler, 401, 20003, "Authenticate")
            return
        if self.filtered and self.filtered in form["Body"]:
            handler.send_response(403)
            handler.end_headers()
            return
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, tuple):
            self.refuse(handler, 400, *answer)
        elif answer == "broken":
            self.refuse(handler, 500, 20500, "An internal server error has occurred")
        elif answer == "busy":
            handler.send_response(429)
            handler.send_header("Retry-After", "7")
            handler.end_headers()
        else:
            self.end(handler, form, answer)

    def end(self, handler, form, answer):
        """Take it, or not; answer, or not."""
        message = None if answer in {"lost", "ignore"} else self.message(form)
        if answer in {"hang", "ignore"}:
            self.hanging.release()
            self.released.wait(60)
        if answer:
            handler.connection.close()
        else:
            self.say(handler, 201, message)

    def message(self, form, **more):
        """Keep a message, as if a program had asked for it."""
        made = {
            "account_sid": ACCOUNT,
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"],
            "status": "queued",
            "direction": "outbound-api",
            "num_segments": "1",
            "error_code": None,
            "error_message": None,
            "date_created": format_datetime(clock.now()),
            "date_sent": None,
            "callback": form.get("StatusCallback"),
            **more,
        }
        with self.lock:
            made["sid"] = f"SM{len(self.messages):032x}"
            self.messages.append(made)
        return made

    def write_to_us(self, number, text, **more):
        """Keep what somebody wrote to our number, whose call to us never came."""
        form = {"To": FROM, "From": number, "Body": text}
        return self.message(form, direction="inbound", status="received", **more)

    def refuse(self, handler, status, code, words):
        info = f"https://www.twilio.com/docs/errors/{code}"
        self.say(
            handler, status, {"code": code, "message": words, "more_info": info, "status": status}
        )

    def say(self, handler, status, document):
        body = json.dumps(document).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def day_of(message):
    return parsedate_to_datetime(message["date_created"]).date().isoformat()


def set_up(settings, server):
    """Let texts go to a server."""
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    settings.TWILIO_URL = server.url
    for key, value in {
        "sms.transport": "twilio",
        "sms.account_sid": ACCOUNT,
        "sms.auth_token": TOKEN,
        "sms.from_number": FROM,
        "sms.per_second": 100,
    }.items():
        preferences.put(key, value)


def call(client, url, told, *, token=TOKEN, method="post", sent_to=None, **more):
    """Call us as Twilio does: a signed form, at the address it was signed for unless told."""
    told = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", **told}
    signature = RequestValidator(token).compute_signature(url, told)
    address = urlsplit(sent_to or url)
    path = address.path + (f"?{address.query}" if address.query else "")
    form = "application/x-www-form-urlencoded"
    headers = {"HTTP_X_TWILIO_SIGNATURE": signature, **more}
    return getattr(client, method)(path, urlencode(told), content_type=form, **headers)


def status(client, message, state, **more):
    """Tell what became of a message."""
    sid = message["sid"]
    told = {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": state,
        "SmsStatus": state,
        "To": message["to"],
        "From": FROM,
    }
    return call(client, message["callback"], {**told, **more})


def reply(client, site, number, text, sid="SM" + "f" * 32, **more):
    """Tell what somebody wrote to our number."""
    told = {"MessageSid": sid, "SmsMessageSid": sid, "From": number, "To": FROM, "Body": text}
    told |= {"NumMedia": "0", "NumSegments": "1", "FromCountry": "FR"}
    return call(client, f"{site}/hooks/twilio/inbound", {**told, **more})
