from django.urls import path

from conduct_codes import (
    comparison_views,
    edition_views,
    figures_views,
    kiosk_views,
    paper_views,
    pin_views,
    refusal_views,
    register_views,
    repeal_views,
    review_views,
    unsigned_views,
    views,
)

app_name = "conduct_codes"

urlpatterns = [
    path("sign/<int:pk>/", views.sign, name="sign"),
    path("sign/<int:pk>/refuse/", refusal_views.refuse, name="refuse"),
    path("refusals/", refusal_views.refusal_list, name="refusal_list"),
    path("receipts/<str:receipt>/", views.receipt, name="receipt"),
    path("review/", review_views.review_list, name="review_list"),
    path("review/<int:pk>/", review_views.review, name="review"),
    path("texts/", review_views.text_list, name="text_list"),
    path("signatures/", figures_views.sign_figures, name="sign_figures"),
    path("signatures/<slug:unit>/", figures_views.sign_figures, name="sign_figures_unit"),
    path("unsigned/", unsigned_views.unsigned_list, name="unsigned_list"),
    path("unsigned/message/", unsigned_views.unsigned_message, name="unsigned_message"),
    path("unsigned/sheet/", unsigned_views.unsigned_sheet, name="unsigned_sheet"),
    path("paper/", paper_views.paper_list, name="paper_list"),
    path("paper/new/", paper_views.paper_new, name="paper_new"),
    path("paper/print/", paper_views.paper_print, name="paper_print"),
    path("paper/<int:pk>/", paper_views.paper_sheet, name="paper_sheet"),
    path("paper/<int:pk>/scan/", paper_views.paper_scan, name="paper_scan"),
    path("kiosks/", kiosk_views.kiosk_list, name="kiosk_list"),
    path("kiosks/open/", kiosk_views.kiosk_open, name="kiosk_open"),
    path("kiosks/<int:pk>/close/", kiosk_views.kiosk_close, name="kiosk_close"),
    path("personal-codes/", pin_views.pin_list, name="pin_list"),
    path("kiosk/", kiosk_views.kiosk, name="kiosk"),
    path("kiosk/read/", kiosk_views.kiosk_read, name="kiosk_read"),
    path("kiosk/signed/", kiosk_views.kiosk_signed, name="kiosk_signed"),
    path("kiosk/end/", kiosk_views.kiosk_end, name="kiosk_end"),
    path("signed/<slug:code>/compare/", comparison_views.since_signed, name="since_signed"),
    path("register/", register_views.register, name="register"),
    path("register/codes.xlsx", register_views.register_workbook, name="register_workbook"),
    path("adoption/", views.adoption_list, name="adoption_list"),
    path("adoption/repeal/<slug:code>/", repeal_views.repeal, name="repeal"),
    path("adoption/<int:revision>/", views.adopt, name="adopt"),
]

plain_urlpatterns = [
    path("compare/", comparison_views.choose, name="compare_choose"),
    path("compare/<slug:code>/<int:number>/<slug:other>/<int:other_number>/", comparison_views.compare, name="compare"),
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
