"""Addresses under /api/v1/."""

from django.urls import path

from active_learning.api import (
    critical,
    dataset_map,
    drift,
    duplicates,
    foreign,
    label_errors,
    predictions,
    run_details,
    runs,
    similar,
    versions,
    weights,
)

urlpatterns = [
    path("weights/", weights.WeightsView.as_view()),
    path("projects/<id:project_id>/predictions/", predictions.PredictionsView.as_view()),
    path("predictions/<id:predictions_id>/", predictions.PredictionTableView.as_view()),
    path("projects/<id:project_id>/runs/", runs.RunsView.as_view()),
    path("runs/<id:run_id>/", runs.RunView.as_view()),
    path("runs/<id:run_id>/cancel/", runs.RunCancelView.as_view()),
    path("runs/<id:run_id>/repeat/", runs.RunRepeatView.as_view()),
    path("runs/<id:run_id>/mistakes/", run_details.RunMistakesView.as_view()),
    path("projects/<id:project_id>/training-budget/", run_details.TrainingBudgetView.as_view()),
    path("items/<id:id>/similar/", similar.SimilarItemsView.as_view()),
    path("datasets/<id:id>/duplicates/", duplicates.DuplicatesView.as_view()),
    path("datasets/<id:id>/duplicates/report/", duplicates.DuplicateReportView.as_view()),
    path("datasets/<id:id>/drifts/", drift.DriftsView.as_view()),
    path("datasets/<id:id>/map/", dataset_map.MapView.as_view()),
    path("datasets/<id:id>/map/points/", dataset_map.MapPointsView.as_view()),
    path("datasets/<id:id>/map/colours/", dataset_map.MapColoursView.as_view()),
    path("duplicate-groups/<id:group_id>/keep/", duplicates.DuplicateKeepView.as_view()),
    path("duplicate-groups/<id:group_id>/distinct/", duplicates.DuplicateDistinctView.as_view()),
    path("duplicate-groups/<id:group_id>/reopen/", duplicates.DuplicateReopenView.as_view()),
    path("projects/<id:project_id>/versions/", versions.VersionsView.as_view()),
    path("projects/<id:project_id>/critical/", critical.CriticalView.as_view()),
    path("tasks/<id:task_id>/critical/", critical.PinView.as_view()),
    path("projects/<id:project_id>/foreign/", foreign.ForeignView.as_view()),
    path("projects/<id:project_id>/foreign/report/", foreign.ForeignReportView.as_view()),
    path("projects/<id:project_id>/foreign/decide/", foreign.ForeignDecideView.as_view()),
    path("projects/<id:project_id>/label-errors/", label_errors.LabelErrorsView.as_view()),
    path(
        "projects/<id:project_id>/label-errors/report/",
        label_errors.LabelErrorsReportView.as_view(),
    ),
    path("label-errors/<id:label_error_id>/review/", label_errors.LabelErrorReviewView.as_view()),
    path("label-errors/<id:label_error_id>/right/", label_errors.LabelErrorRightView.as_view()),
    path("versions/<id:version_id>/promote/", versions.PromoteView.as_view()),
]
