"""Addresses of this room."""

from django.urls import URLPattern, URLResolver, path

from . import person_views, print_views, referral_views, views

CASE = "perkara/<uuid:pk>/"
PERSON = CASE + "orang/<uuid:person>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("perkara/", views.case_list, name="case_list"),
    path("perkara/baru/", views.case_new, name="case_new"),
    path(CASE, views.case_detail, name="case_detail"),
    path(CASE + "keadaan/", views.case_move, name="case_move"),
    path(CASE + "tutup/", views.case_close, name="case_close"),
    path(CASE + "anak/", views.case_child_fact, name="case_child_fact"),
    path(CASE + "kejadian/", views.case_event_add, name="case_event_add"),
    path(CASE + "instansi/", views.case_agency_add, name="case_agency_add"),
    path(CASE + "instansi/<uuid:joined>/bagi/", views.case_agency_share, name="case_agency_share"),
    path(CASE + "instansi/<uuid:joined>/keluar/", views.case_agency_leave, name="case_agency_leave"),
    path(CASE + "keluar/", views.case_leave, name="case_leave"),
    path(CASE + "catatan/", views.case_note, name="case_note"),
    path(CASE + "tugas/", views.case_task_give, name="case_task_give"),
    path(CASE + "tahapan/", views.case_milestone_record, name="case_milestone_record"),
    path(CASE + "tahapan/<uuid:milestone>/cabut/", views.case_milestone_withdraw, name="case_milestone_withdraw"),
    path(CASE + "dugaan/", views.case_classify, name="case_classify"),
    path(
        CASE + "dugaan/<uuid:classification>/cabut/",
        views.case_classification_withdraw,
        name="case_classification_withdraw",
    ),
    path(CASE + "orang/", views.case_persons_add, name="case_persons_add"),
    path(PERSON, person_views.person_detail, name="case_person"),
    path(PERSON + "peran/", person_views.person_role, name="person_role"),
    path(PERSON + "umur/", person_views.person_age, name="person_age"),
    path(PERSON + "kepentingan-terbaik/", person_views.person_best_interest, name="person_best_interest"),
    path(PERSON + "identitas/", person_views.person_identify, name="person_identify"),
    path(PERSON + "rujuk/", person_views.person_refer, name="person_refer"),
    path(CASE + "peran/<uuid:change>/putusan/", person_views.second_word, name="second_word"),
    path(CASE + "barang/", views.case_object_record, name="case_object_record"),
    path(CASE + "barang/<uuid:thing>/serah-terima/", views.case_hand_over, name="case_hand_over"),
    path(CASE + "serah-terima/<uuid:minutes>/tegaskan/", views.case_hand_over_confirm, name="case_hand_over_confirm"),
    path(CASE + "serah-terima/<uuid:minutes>/cetak/", print_views.hand_over_minutes, name="hand_over_minutes"),
    path("tugas/", referral_views.task_list, name="task_list"),
    path("tugas/<uuid:pk>/jawab/", referral_views.task_answer, name="task_answer"),
    path("rujukan/", referral_views.referral_list, name="referral_list"),
    path("rujukan/layanan/", referral_views.service_directory, name="service_directory"),
    path("rujukan/<uuid:pk>/", referral_views.referral_detail, name="referral_detail"),
    path("rujukan/<uuid:pk>/jawab/", referral_views.referral_answer, name="referral_answer"),
    path("rujukan/<uuid:pk>/cabut/", referral_views.referral_revoke, name="referral_revoke"),
    path(
        "rujukan/<uuid:pk>/tarik-persetujuan/",
        referral_views.referral_consent_withdraw,
        name="referral_consent_withdraw",
    ),
]
