from django.urls import path

from exports import views, webhook_views

app_name = "exports"

urlpatterns = [
    path("exports/", views.export_list, name="export_list"),
    path("exports/roster/", views.roster, name="roster"),
    path("exports/coverage/", views.coverage, name="coverage"),
    path("exports/signatures/", views.signatures, name="signatures"),
    path("exports/<int:pk>/file/", views.download, name="download"),
    path("webhooks/", webhook_views.webhook_list, name="webhook_list"),
    path("webhooks/new/", webhook_views.webhook_new, name="webhook_new"),
    path("webhooks/<int:pk>/", webhook_views.webhook, name="webhook"),
    path("webhooks/<int:pk>/pause/", webhook_views.webhook_pause, name="webhook_pause"),
    path("webhooks/<int:pk>/resume/", webhook_views.webhook_resume, name="webhook_resume"),
    path("webhooks/<int:pk>/events/", webhook_views.webhook_events, name="webhook_events"),
    path("webhooks/<int:pk>/test/", webhook_views.webhook_test, name="webhook_test"),
    path("webhooks/<int:pk>/again/", webhook_views.webhook_again, name="webhook_again"),
    path("webhooks/<int:pk>/secret/", webhook_views.webhook_renew, name="webhook_renew"),
    path("webhooks/<int:pk>/secret/shown/", webhook_views.webhook_secret, name="webhook_secret"),
    path("webhooks/<int:pk>/remove/", webhook_views.webhook_remove, name="webhook_remove"),
]
