"""Addresses under /api/v1/, in the order of an item's path."""

from django.urls import path

from annotations.api import (
    annotations,
    consensus_runs,
    datasets,
    exports,
    invitations,
    members,
    projects,
    provenance,
    queue,
    reports,
    tasks,
)

urlpatterns = [
    # First, since every label asks for these two.
    path("projects/<id:project_id>/lease/", queue.LeaseView.as_view()),
    path("annotations/", annotations.AnnotationsView.as_view()),
    path("datasets/", datasets.DatasetsView.as_view()),
    path("datasets/<id:id>/", datasets.DatasetDetailView.as_view()),
    path("datasets/<id:id>/items/", datasets.ItemsView.as_view()),
    path("items/<id:id>/", datasets.ItemDetailView.as_view()),
    path("task-types/", projects.TaskTypesView.as_view()),
    path("projects/", projects.ProjectsView.as_view()),
    path("projects/<id:project_id>/", projects.ProjectDetailView.as_view()),
    path("projects/<id:project_id>/members/", members.MembersView.as_view()),
    path("members/<id:member_id>/", members.MemberDetailView.as_view()),
    path("invitations/", invitations.InvitationsView.as_view()),
    path("invitations/<str:code>/", invitations.InvitationView.as_view()),
    path("invitations/<str:code>/accept/", invitations.InvitationAcceptView.as_view()),
    path("leases/<str:lease_id>/", queue.LeaseDetailView.as_view()),
    path("leases/<str:lease_id>/extend/", queue.LeaseExtendView.as_view()),
    path("annotations/<id:annotation_id>/", annotations.AnnotationDetailView.as_view()),
    path("projects/<id:project_id>/history/", annotations.HistoryView.as_view()),
    path("projects/<id:project_id>/tasks/", tasks.TasksView.as_view()),
    path("projects/<id:project_id>/review/", tasks.ReviewView.as_view()),
    path("tasks/<id:task_id>/", tasks.TaskDetailView.as_view()),
    path("tasks/<id:task_id>/provenance/", provenance.ProvenanceView.as_view()),
    path("tasks/<id:task_id>/flag/", queue.TaskFlagView.as_view()),
    path("tasks/<id:task_id>/adjudicate/", tasks.AdjudicateView.as_view()),
    path("tasks/<id:task_id>/reopen/", tasks.ReopenView.as_view()),
    path("projects/<id:project_id>/report/", reports.ReportView.as_view()),
    path("projects/<id:project_id>/consensus-runs/", consensus_runs.ConsensusRunsView.as_view()),
    path("consensus-runs/<id:consensus_run_id>/", consensus_runs.ConsensusRunView.as_view()),
    path(
        "consensus-runs/<id:consensus_run_id>/changes/",
        consensus_runs.ConsensusRunChangesView.as_view(),
    ),
    path(
        "consensus-runs/<id:consensus_run_id>/promote/",
        consensus_runs.ConsensusRunPromoteView.as_view(),
    ),
    path(
        "consensus-runs/<id:consensus_run_id>/roll-back/",
        consensus_runs.ConsensusRunRollBackView.as_view(),
    ),
    path("projects/<id:project_id>/exports/", exports.ExportsView.as_view()),
    path("projects/<id:project_id>/exports/preview/", exports.ExportPreviewView.as_view()),
    path("projects/<id:project_id>/exports/formats/", exports.ExportFormatsView.as_view()),
    path("exports/<id:export_id>/", exports.ExportDetailView.as_view()),
    path("exports/<id:export_id>/download/", exports.ExportDownloadView.as_view()),
]
