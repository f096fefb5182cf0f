"""`/users`: users and their keys. Admins only."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from chalice.app import Blueprint, Response

from chalicelib.api import answers, cursors, key_ids, pages, requests
from chalicelib.api.contracts import NOTHING, Answer, Contract, Header, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery, PageQuery
from chalicelib.api.wire.users import KeyCreated, KeyIn, KeyOut, UserIn, UserOut
from chalicelib.domain.errors import Conflict, InvalidInput, KeyNotFound, LimitReached, UserNotFound
from chalicelib.domain.notifications.notification import principal

blueprint = Blueprint(__name__)

_LISTING: Final = cursors.Listing("users")


@blueprint.route("/users", methods=["GET"], content_types=[])
@view(blueprint, PageQuery, Contract(who=Who.ADMIN, answers=(ok(list[UserOut], Header.LINK),)))
def list_users(call: Call[PageQuery]) -> Response:
    """Users, by id."""
    after = _user_id(cursors.decode(_LISTING, call.query.cursor)) if call.query.cursor is not None else None
    page, rest = call.services.directory.users(after, call.query.limit)
    return pages.answer(call, _LISTING, ((user.id, UserOut.of(user).model_dump_json()) for user in page), rest)


@blueprint.route("/users/{user_id}", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.ADMIN, answers=(ok(UserOut),), errors=(UserNotFound,)))
def show_user(call: Call[NoQuery], user_id: str) -> Response:
    """One user."""
    return answers.one(HTTPStatus.OK, UserOut.of(call.services.directory.user(_user_id(user_id))))


@blueprint.route("/users/{user_id}", methods=["PUT"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.ADMIN,
        body=UserIn,
        answers=(ok(UserOut), Answer(HTTPStatus.CREATED, UserOut)),
        errors=(Conflict,),
    ),
)
def put_user(call: Call[NoQuery], user_id: str) -> Response:
    """Create, change or suspend a user. Members that are left out do not change."""
    wanted_id, wanted = _user_id(user_id), requests.model_of(UserIn, call.text())
    user, is_new = call.services.directory.put_user(call.caller, wanted_id, **wanted.draft())
    return answers.one(HTTPStatus.CREATED if is_new else HTTPStatus.OK, UserOut.of(user))


@blueprint.route("/users/{user_id}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.ADMIN, answers=(NOTHING,), errors=(UserNotFound, Conflict)))
def delete_user(call: Call[NoQuery], user_id: str) -> Response:
    """Delete a user with their keys and webhooks."""
    call.services.directory.delete_user(call.caller, _user_id(user_id))
    return answers.nothing()


@blueprint.route("/users/{user_id}/keys", methods=["GET"], content_types=[])
@view(blueprint, PageQuery, Contract(who=Who.ADMIN, answers=(ok(list[KeyOut], Header.LINK),), errors=(UserNotFound,)))
def list_keys(call: Call[PageQuery], user_id: str) -> Response:
    """A user's keys by id, without the secret values."""
    owner_id = _user_id(user_id)
    listing = cursors.Listing("keys", (owner_id,))
    after = cursors.decode(listing, call.query.cursor) if call.query.cursor is not None else None
    page, rest = call.services.keys.keys(owner_id, after, call.query.limit)
    return pages.answer(call, listing, ((key.id, KeyOut.of(key).model_dump_json()) for key in page), rest)


@blueprint.route("/users/{user_id}/keys", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.ADMIN,
        body=KeyIn,
        answers=(Answer(HTTPStatus.CREATED, KeyCreated),),
        errors=(UserNotFound, LimitReached, Conflict),
    ),
)
def make_key(call: Call[NoQuery], user_id: str) -> Response:
    """Create a key for a user. The key is shown only here."""
    wanted = requests.model_of(KeyIn, call.text())
    presented, key = call.services.keys.make_key(
        call.caller, _user_id(user_id), name=wanted.name, rights=frozenset(wanted.rights), expires_at=wanted.expires_at
    )
    return answers.one(HTTPStatus.CREATED, KeyCreated.made(presented, key))


@blueprint.route("/users/{user_id}/keys/{key_id}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.ADMIN, answers=(NOTHING,), errors=(KeyNotFound, Conflict)))
def revoke_key(call: Call[NoQuery], user_id: str, key_id: str) -> Response:
    """Revoke a key."""
    call.services.keys.revoke_key(call.caller, _user_id(user_id), key_ids.read(key_id))
    return answers.nothing()


def _user_id(given: str) -> str:
    """The id; raise `InvalidInput` if no user can have it."""
    try:
        return principal(given) or ""
    except InvalidInput as error:
        message = f"The user's id is not valid: {error.message}."
        raise InvalidInput(message, {"id": error.message}) from error
