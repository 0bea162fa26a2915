"""Who calls a route of access, from the visitor that the guard left in the request."""

from fastapi import Request

from controller.access import Access, AccessError, By, Session, User
from controller.web.permit import SCOPE, Visitor


def visitor_of(request: Request) -> Visitor:
    """Return the visitor."""
    found = request.scope[SCOPE]
    assert isinstance(found, Visitor)
    return found


def by_of(request: Request) -> By:
    """Return who asks, and from where, for the access log."""
    address = request.client.host if request.client else ""
    agent = request.headers.get("user-agent", "")
    return By(who=visitor_of(request).actor, address=address, agent=agent)


def user_of(access: Access, request: Request) -> User:
    """Return the person who is signed in themselves. Raises AccessError."""
    who = visitor_of(request)
    user = access.person(who.user) if not who.token else None
    if user is None:
        raise AccessError("conflict", "Only a person who is signed in can do this.")
    return user


def session_of(access: Access, request: Request) -> Session:
    """Return the session of the request. Raises AccessError."""
    session = access.book.sessions.get(visitor_of(request).session)
    if session is None:
        raise AccessError("conflict", "Only a browser that is signed in can do this.")
    return session
