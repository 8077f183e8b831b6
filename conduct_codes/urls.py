from django.urls import path

from conduct_codes import edition_views, figures_views, review_views, unsigned_views, views

app_name = "conduct_codes"

urlpatterns = [
    path("sign/<int:pk>/", views.sign, name="sign"),
    path("receipts/<str:receipt>/", views.receipt, name="receipt"),
    path("review/", review_views.review_list, name="review_list"),
    path("review/<int:pk>/", review_views.review, name="review"),
    path("texts/", review_views.text_list, name="text_list"),
    path("signatures/", figures_views.sign_figures, name="sign_figures"),
    path("signatures/<slug:unit>/", figures_views.sign_figures, name="sign_figures_unit"),
    path("unsigned/", unsigned_views.unsigned_list, name="unsigned_list"),
    path("unsigned/message/", unsigned_views.unsigned_message, name="unsigned_message"),
    path("unsigned/sheet/", unsigned_views.unsigned_sheet, name="unsigned_sheet"),
    path("adoption/", views.adoption_list, name="adoption_list"),
    path("adoption/<int:revision>/", views.adopt, name="adopt"),
]

plain_urlpatterns = [
    path("editions/<slug:code>/<int:number>/", views.edition, name="edition"),
    path("editions/<slug:code>/<int:number>/<slug:language>.json", views.edition_bytes, name="edition_bytes"),
    path("editions/<slug:code>/<int:number>/<slug:language>.pdf", edition_views.edition_print, name="edition_print"),
    path("editions/<slug:code>/<int:number>/act/", edition_views.edition_act, name="edition_act"),
    path(
        "editions/<slug:code>/<int:number>/<slug:language>.<int:revision>.json",
        views.edition_bytes,
        name="edition_revision_bytes",
    ),
]
