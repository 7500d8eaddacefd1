"""Addresses of the gate: instruments, what one sees and why, looks in need."""

from django.urls import URLPattern, path

from . import explaining_views, module_views, need_views, views

urlpatterns: list[URLPattern] = [
    path("jumlah/", explaining_views.count_table, name="count_table"),
    path("jumlah/unduh/", explaining_views.count_export, name="count_export"),
    path("pecah-kaca/", need_views.glass_list, name="glass_list"),
    path("pecah-kaca/<uuid:pk>/nilai/", need_views.glass_review, name="glass_review"),
    path("pecah-kaca/<slug:model>/<uuid:pk>/", need_views.glass_break, name="glass_break"),
    path("syarat/<slug:model>/<uuid:pk>/", need_views.condition_list, name="condition_list"),
    path(
        "syarat/<slug:model>/<uuid:pk>/<uuid:condition>/tarik/",
        need_views.condition_withdraw,
        name="condition_withdraw",
    ),
    path("modul/", module_views.module_list, name="module_list"),
    path("modul/<slug:module>/catat/", module_views.assessment_record, name="assessment_record"),
    path("modul/<slug:module>/akhiri/", module_views.assessment_end, name="assessment_end"),
    path("perjanjian/", views.instrument_list, name="instrument_list"),
    path("perjanjian/baru/", views.instrument_new, name="instrument_new"),
    path("perjanjian/matriks/", views.matrix, name="agreement_matrix"),
    path("perjanjian/<uuid:pk>/", views.instrument_detail, name="instrument_detail"),
    path("perjanjian/<uuid:pk>/perbaiki/", views.instrument_correct, name="instrument_correct"),
    path("perjanjian/<uuid:pk>/naskah/", views.instrument_document, name="instrument_document"),
    path("perjanjian/<uuid:pk>/pihak/", views.party_add, name="party_add"),
    path("perjanjian/<uuid:pk>/pihak/<int:party>/hapus/", views.party_remove, name="party_remove"),
    path("perjanjian/<uuid:pk>/penanda-tangan/", views.signatory_add, name="signatory_add"),
    path("perjanjian/<uuid:pk>/penanda-tangan/<int:signatory>/hapus/", views.signatory_remove, name="signatory_remove"),
    path("perjanjian/<uuid:pk>/tangguhkan/", views.instrument_suspend, name="instrument_suspend"),
    path("perjanjian/<uuid:pk>/berlakukan/", views.instrument_resume, name="instrument_resume"),
    path("perjanjian/<uuid:pk>/cabut/", views.instrument_withdraw, name="instrument_withdraw"),
    path(
        "perjanjian/<uuid:pk>/perubahan/<int:announced>/tarik-kembali/",
        views.instrument_take_back,
        name="instrument_take_back",
    ),
    path("perjanjian/<uuid:pk>/perpanjang/", views.instrument_renew, name="instrument_renew"),
    path("perjanjian/<uuid:pk>/klausul/baru/", views.clause_new, name="clause_new"),
    path("perjanjian/<uuid:pk>/klausul/<uuid:clause>/ubah/", views.clause_change, name="clause_change"),
    path("perjanjian/<uuid:pk>/klausul/<uuid:clause>/uji/", views.clause_test, name="clause_test"),
    path("perjanjian/<uuid:pk>/klausul/<uuid:clause>/setujui/", views.clause_approve, name="clause_approve"),
    path("perjanjian/<uuid:pk>/klausul/<uuid:clause>/akhiri/", views.clause_end, name="clause_end"),
]
