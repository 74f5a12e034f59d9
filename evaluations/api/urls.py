from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularSwaggerSplitView

from evaluations.api import (
    access,
    amendments,
    audit_log,
    battles,
    board_files,
    claims,
    exports,
    findings,
    generations,
    headless,
    health,
    import_faults,
    imports,
    leaderboards,
    members,
    models,
    power,
    prompt_sets,
    providers,
    published,
    raters,
    schema,
    snapshots,
    studies,
)

published_study = [
    path("", published.PublishedStudyView.as_view(), name="api-published-study"),
    path("protocol/", published.PublishedProtocolView.as_view(), name="api-protocol"),
    path(
        "protocol/<int:number>/",
        published.PublishedProtocolVersionView.as_view(),
        name="api-protocol-version",
    ),
    path("prompts/", published.PublishedPromptListView.as_view(), name="api-published-prompts"),
]

public: list[URLPattern | URLResolver] = [
    path("leaderboards/", leaderboards.LeaderboardListView.as_view(), name="api-leaderboards"),
    path("leaderboards/<slug:slug>/", leaderboards.LeaderboardView.as_view(), name="api-leaderboard"),
    path(
        "leaderboards/<slug:slug>/snapshots/",
        leaderboards.BoardSnapshotListView.as_view(),
        name="api-board-snapshots",
    ),
    path(
        "leaderboards/<slug:slug>/claims/", leaderboards.BoardClaimListView.as_view(), name="api-board-claims"
    ),
    path("snapshots/<slug:digest>/", snapshots.SnapshotView.as_view(), name="api-snapshot"),
    path("snapshots/<slug:digest>/analyses/", snapshots.AnalysisListView.as_view(), name="api-analyses"),
    path("leaderboards/<slug:slug>/files/", board_files.BoardFileListView.as_view(), name="api-board-files"),
    path("snapshots/<slug:digest>/bundle/", snapshots.BundleView.as_view(), name="api-bundle"),
    path("snapshots/<slug:digest>/analysis/", snapshots.AnalysisView.as_view(), name="api-analysis"),
    path("published/studies/", published.PublishedStudyListView.as_view(), name="api-published-studies"),
    path("published/studies/<slug:slug>/", include(published_study)),
    path("published/models/", published.PublishedModelListView.as_view(), name="api-published-models"),
    path("published/models/<slug:slug>/", published.PublishedModelView.as_view(), name="api-published-model"),
    path("schema/", schema.SchemaView.as_view(), name="api-schema"),
]

prompt_set = [
    path("", prompt_sets.PromptSetView.as_view(), name="api-prompt-set"),
    path("prompts/", prompt_sets.PromptListView.as_view(), name="api-prompts"),
    path("plan/", prompt_sets.PlanView.as_view(), name="api-generation-plan"),
    path("difference/<int:other>/", prompt_sets.DifferenceView.as_view(), name="api-prompt-set-difference"),
]

one_import = [
    path("", imports.ImportView.as_view(), name="api-import"),
    path("confirm/", imports.ConfirmView.as_view(), name="api-import-confirm"),
    path("check/", imports.CheckAgainView.as_view(), name="api-import-check"),
    path("columns/", import_faults.ColumnsView.as_view(), name="api-import-columns"),
    path("faults/", import_faults.FaultListView.as_view(), name="api-import-faults"),
    path("faults.csv", import_faults.FaultFileView.as_view(), name="api-import-faults-file"),
    path("findings/", findings.ImportFindingListView.as_view(), name="api-import-findings"),
    path("findings/decide/", findings.ImportDecideView.as_view(), name="api-import-decide"),
]

generation = [
    path("", generations.GenerationView.as_view(), name="api-generation"),
    path("cancel/", generations.CancelView.as_view(), name="api-generation-cancel"),
    path("resume/", generations.ResumeView.as_view(), name="api-generation-resume"),
    path("publish/", generations.PublishView.as_view(), name="api-generation-publish"),
    path("findings/", findings.GenerationFindingListView.as_view(), name="api-generation-findings"),
    path("findings/decide/", findings.GenerationDecideView.as_view(), name="api-generation-decide"),
]

provider = [
    path("", providers.ProviderView.as_view(), name="api-provider"),
    path("key/", providers.KeyView.as_view(), name="api-provider-key"),
    path("try/", providers.TryView.as_view(), name="api-provider-try"),
]

headless_rater: list[URLPattern | URLResolver] = [
    path("", headless.HeadlessRaterView.as_view(), name="api-headless-rater"),
    path("battles/", headless.NextBattleView.as_view(), name="api-next-battle"),
    path("questions/", headless.QuestionsView.as_view(), name="api-questions"),
]

battle: list[URLPattern | URLResolver] = [
    path("", battles.BattleDetailView.as_view(), name="api-battle"),
    path("votes/", battles.VoteView.as_view(), name="api-vote"),
    path("undo/", battles.UndoView.as_view(), name="api-undo"),
    path("skip/", battles.SkipView.as_view(), name="api-skip"),
    path("reveal/", battles.RevealView.as_view(), name="api-reveal"),
]

study: list[URLPattern | URLResolver] = [
    path("", studies.StudyDetailView.as_view(), name="api-study"),
    path("pilot/", studies.PilotView.as_view(), name="api-study-pilot"),
    path("open/", studies.OpenView.as_view(), name="api-study-open"),
    path("pause/", studies.PauseView.as_view(), name="api-study-pause"),
    path("resume/", studies.ResumeView.as_view(), name="api-study-resume"),
    path("close/", studies.CloseView.as_view(), name="api-study-close"),
    path("amendments/", amendments.AmendmentListView.as_view(), name="api-amendments"),
    path("claims/", claims.ClaimListView.as_view(), name="api-claims"),
    path("checks/", claims.CheckListView.as_view(), name="api-checks"),
    path("checks/<int:pk>/", claims.CheckView.as_view(), name="api-check"),
    path("power/", power.StudyPowerView.as_view(), name="api-study-power"),
    path("health/", health.HealthView.as_view(), name="api-study-health"),
    path("raters/", raters.RaterListView.as_view(), name="api-raters"),
    path("raters/headless/", headless.HeadlessListView.as_view(), name="api-headless-raters"),
    path("raters/headless/<str:external_id>/", include(headless_rater)),
    path("raters/<slug:code>/", raters.RaterDetailView.as_view(), name="api-rater"),
    path("raters/<slug:code>/decisions/", raters.DecisionListView.as_view(), name="api-decisions"),
    path("invitations/", access.InvitationListView.as_view(), name="api-invitations"),
    path("invitations/<int:pk>/", access.InvitationView.as_view(), name="api-invitation"),
    path("panel/", access.PanelView.as_view(), name="api-panel"),
    path("panel/ids/", access.PanelIdsView.as_view(), name="api-panel-ids"),
    path("members/", members.MemberListView.as_view(), name="api-members"),
    path("members/<int:pk>/", members.MemberView.as_view(), name="api-member"),
    path("exports/", exports.ExportListView.as_view(), name="api-exports"),
    path("exports/codebook.<slug:suffix>", exports.CodebookView.as_view(), name="api-codebook"),
    path("exports/<slug:name>/", exports.ExportView.as_view(), name="api-export"),
]

staff: list[URLPattern | URLResolver] = [
    path("prompt-sets/", prompt_sets.PromptSetListView.as_view(), name="api-prompt-sets"),
    path("prompt-sets/<slug:slug>/<int:version>/", include(prompt_set)),
    path("imports/", imports.ImportListView.as_view(), name="api-imports"),
    path("imports/<slug:token>/", include(one_import)),
    path("models/", models.ModelListView.as_view(), name="api-models"),
    path("models/<slug:slug>/", models.ModelView.as_view(), name="api-model"),
    path("providers/", providers.ProviderListView.as_view(), name="api-providers"),
    path("providers/<slug:slug>/", include(provider)),
    path("generations/", generations.GenerationListView.as_view(), name="api-generations"),
    path("generations/<slug:token>/", include(generation)),
    path("studies/", studies.StudyListView.as_view(), name="api-studies"),
    path("studies/<slug:slug>/", include(study)),
    path("battles/<str:token>/", include(battle)),
    path("power/", power.PowerView.as_view(), name="api-power"),
    path("audit-log/", audit_log.EventListView.as_view(), name="api-audit-log"),
]

urlpatterns = [
    path("v1/", include([*public, *staff])),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
