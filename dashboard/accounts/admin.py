"""People and teams. Here an operator opens a team, puts people into it, and grants it credits."""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from dashboard.accounts import access
from dashboard.accounts.access import Actor
from dashboard.accounts.models import ApiKey, Membership, Role, Team, User
from dashboard.accounts.order_tokens import MISSING, new_token, ordered_once, token_in
from dashboard.audit.record import record
from dashboard.members import actions as members
from dashboard.members import keys
from dashboard.ui.fields import LineField, MailAddressField
from generation.admin import AdminRows, BoundedSearch, ReadOnly
from generation.credits import ledger

if TYPE_CHECKING:
    _Form = forms.ModelForm[Team]
    _Inline = admin.TabularInline[Membership, Team]
    _FormSet = forms.BaseInlineFormSet[Membership, Team, forms.ModelForm[Membership]]
    _NewUser = AdminUserCreationForm[User]
    _KnownUser = UserChangeForm[User]
    _People = UserAdmin[User]
else:
    _Form = forms.ModelForm  # none of them can be subscripted at run time
    _Inline = admin.TabularInline
    _FormSet = forms.BaseInlineFormSet
    _NewUser = AdminUserCreationForm
    _KnownUser = UserChangeForm
    _People = UserAdmin


# Secrets and sessions that nobody reads or writes by hand, providers that the environment names, and what nobody uses.
admin.site.unregister([Authenticator, UserSession, SocialAccount, SocialApp, SocialToken, EmailAddress, Group])


def _operator(request: HttpRequest, team: Team) -> Actor:
    address = request.META.get("REMOTE_ADDR") or None
    return Actor(team, Role.OWNER, user=cast("User", request.user), address=address)


class NewPersonForm(_NewUser):
    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes = {"email": MailAddressField, "name": LineField}


def _facts(person: User) -> dict[str, Any]:
    facts = {name: getattr(person, name) for name in ("email", "name", "is_active", "is_staff", "is_superuser")}
    return facts | {"rights": sorted(person.user_permissions.values_list("codename", flat=True))}


class PersonForm(_KnownUser):
    class Meta:
        model = User
        fields = [
            "email",
            "name",
            "is_active",
            "is_staff",
            "is_superuser",
            "user_permissions",
            "last_login",
            "date_joined",
        ]
        field_classes = {"email": MailAddressField, "name": LineField}

    def clean_is_active(self) -> bool:
        is_active = bool(self.cleaned_data["is_active"])
        for team in () if is_active else members.owned_by_nobody_else(self.instance):
            raise forms.ValidationError(f"{team} would be without an owner. Make somebody else its owner first.")
        return is_active


@admin.register(User)
class PersonAdmin(BoundedSearch, _People):
    """Nobody is deleted, for the log names them: who may no longer come in is made inactive."""

    add_form = NewPersonForm
    form = PersonForm
    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    search_fields = ["email", "name"]
    actions = ["remove_second_factors"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["name"]}),
        ("Rights here", {"fields": ["is_active", "is_staff", "is_superuser", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]

    @admin.action(description="Remove the second factors of the chosen people (a lost device)")
    def remove_second_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """They sign in by password alone until they set up new ones; each of their teams reads of it."""
        for person in people:
            with transaction.atomic():
                removed, _ = Authenticator.objects.filter(user=person).delete()
                for member in access.memberships(person) if removed else ():
                    before = {"member": person.email}
                    record(
                        _operator(request, member.team), "person.second_factors_removed", str(member.pk), before=before
                    )
        messages.success(request, "Their second factors are removed.")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        person = super().get_object(request, object_id, from_field)
        if person is not None:
            person.former = person.password, _facts(person)
        return person

    @transaction.atomic
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        return super().user_change_password(request, id, form_url)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        """Django asks for this once all is saved; each team of the person reads of it."""
        password, before = obj.former  # type: ignore[attr-defined]
        after = _facts(obj)
        if obj.password != password:
            after["password_replaced"] = True
        if before != after:
            for member in access.memberships(obj):
                acting = _operator(request, member.team)
                record(acting, "person.changed", str(member.pk), before=before, after=after)
        return super().log_change(request, obj, message)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        # Sign-in looks for addresses in lower case.
        obj.email = obj.email.lower()
        obj.username = obj.username or obj.email
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            for member in access.memberships(obj) if not obj.is_active else ():
                members.settle_rights(_operator(request, member.team), obj, role=None)


class OperatorTeamForm(_Form):
    grant = forms.IntegerField(
        label="Grant credits", required=False, min_value=1, max_value=1_000_000_000, help_text="Added to what is left."
    )
    reason = LineField(required=False, max_length=200, help_text="Why they are granted; kept in the ledger.")
    order = forms.CharField(
        required=False,
        max_length=64,
        initial=new_token,
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        label="",
    )

    class Meta:
        model = Team
        fields = ["name"]
        field_classes = {"name": LineField}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("grant") and not token_in(self.data):
            raise forms.ValidationError(MISSING)
        return cleaned


class MembersFormSet(_FormSet):
    def clean(self) -> None:
        super().clean()
        facts = [getattr(form, "cleaned_data", {}) for form in self.forms]
        staying = [one for one in facts if one.get("role") and one.get("user") and not one.get("DELETE")]
        if any(form.instance.pk and "user" in form.changed_data for form in self.forms):
            raise forms.ValidationError("A membership stays its member's: add the other person, and delete this one.")
        if not any(self.errors) and not any(one["role"] == Role.OWNER and one["user"].is_active for one in staying):
            raise forms.ValidationError("A team needs an owner who can sign in.")


class MembershipInline(_Inline):
    model = Membership
    formset = MembersFormSet
    fields = ["user", "role"]
    autocomplete_fields = ["user"]
    extra = 1


@admin.register(Team)
class TeamAdmin(AdminRows):
    form = OperatorTeamForm
    inlines = [MembershipInline]
    list_display = ["name", "id", "created_at"]
    search_fields = ["name", "id"]

    @method_decorator(ordered_once)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Team, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            self._note(_operator(request, obj), form, change)
        credits, reason = form.cleaned_data["grant"], form.cleaned_data["reason"]
        if credits:
            with transaction.atomic():
                ledger.grant(team_id=obj.id, credits=credits, actor_id=request.user.pk, reason=reason)
                after = {"credits": credits, "reason": reason}
                record(_operator(request, obj), "credits.granted", obj.id, after=after)

    @staticmethod
    def _note(acting: Actor, form: Any, change: bool) -> None:
        name = {"name": acting.team.name}
        if not change:
            record(acting, "team.founded", acting.team.id, after=name)
        elif "name" in form.changed_data:
            record(acting, "team.renamed", acting.team.id, before={"name": form.initial["name"]}, after=name)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Write down who was put in, changed or put out, and stop what their new role does not allow."""
        acting = _operator(request, form.instance)
        with transaction.atomic():
            former = {one.instance.pk: one.initial.get("role") for one in formset.initial_forms}
            super().save_formset(request, form, formset, change)
            kept = [("member.added", row) for row in formset.new_objects]
            kept += [("member.role_changed", row) for row, _ in formset.changed_objects]
            for action, row in kept:
                before = _membership(row, role=former[row.pk]) if row.pk in former else None
                record(acting, action, str(row.pk), before=before, after=_membership(row, role=row.role))
                members.settle_rights(acting, row.user, role=row.role)
            for row in formset.deleted_objects:
                record(acting, "member.removed", "", before=_membership(row, role=row.role))
                members.settle_rights(acting, row.user, role=None)


def _membership(row: Membership, *, role: int) -> dict[str, str]:
    return {"member": row.user.email, "role": Role(role).label}


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ["name", "team", "hint", "created_by", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "hint", "team__name", "created_by__email"]
    exclude = ["digest"]
    actions = ["revoke"]

    @admin.action(description="Revoke the chosen keys")
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        chosen = rows.select_related("team")
        revoked = sum(keys.revoke(_operator(request, key.team), key) for key in chosen)
        messages.success(request, f"Keys revoked: {revoked}.")
