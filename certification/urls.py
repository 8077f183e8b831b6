from django.urls import path

from certification.views import coverage, handover, people, training, verify

app_name = "certification"

urlpatterns = [
    path("training/", training.training, name="training"),
    path("my-certificates/", training.certificate_list, name="certificate_list"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/<slug:code>/", coverage.coverage, name="coverage_institution"),
    path("people/", people.person_list, name="person_list"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/timeline/", people.person_timeline, name="person_timeline"),
    path("people/<int:pk>/exempt/", people.person_exempt, name="person_exempt"),
    path("certificates-to-review/", people.proposed, name="proposed"),
    path("units-without-clerk/", handover.vacancy_list, name="vacancy_list"),
    path("to-do/<slug:code>/", handover.unit_todo, name="unit_todo"),
    path("to-do/", people.todo, name="todo"),
]

plain_urlpatterns = [
    path("certificates/<str:serial>/", training.certificate, name="certificate"),
    path("certificates/<str:serial>/pdf/", training.certificate_file, name="certificate_pdf"),
    path("c/", verify.verify_lookup, name="verify_lookup"),
    path("c/<str:code>/", verify.verify, name="verify"),
]
