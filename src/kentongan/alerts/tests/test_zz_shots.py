import os
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
from datetime import date, timedelta
import pytest
from django.utils import timezone
from django.conf import settings
from playwright.sync_api import sync_playwright
from kentongan.alerts import actions
from kentongan.watch import actions as w
from kentongan.watch.models import Finding
from kentongan.watch.tests.conftest import *
@pytest.mark.django_db(transaction=True)
def test_shots(live_server, client, finding_of, competent, officer_of, actor_of, villages, event_at, quiet_year, watch_of, now):
    SUNDAY=date(2026,3,1)
    police=competent("polres-belu","crime",3); officer_of("polres-belu",kind="police",username="polisi")
    competent("kanim-atambua","foreigners",3,kind="immigration")
    by=actor_of("kanim-atambua")
    quiet_year(SUNDAY-timedelta(days=14))
    for n in range(7): event_at(villages[n%2], SUNDAY-timedelta(days=1+n))
    run=w.run(watch=watch_of(),as_of=SUNDAY,by=by,clock=lambda: timezone.now())
    f=Finding.objects.get()
    a=actions.raise_alert(finding=f,to=police,matter="crime",message="Mohon dicek rumah penampungan di dekat pasar.",is_urgent=True,by=by,at=timezone.now())
    f2=finding_of(place=6)
    officer_of("kanim-atambua",role="administrator",username="admin2")
    out="/tmp/k/shots"; os.makedirs(out,exist_ok=True)
    def go(name,urls):
        from kentongan.agencies.models import Officer
        client.force_login(Officer.objects.get(username=name),backend="django.contrib.auth.backends.ModelBackend")
        ck=client.cookies["sessionid"].value
        for width in (1280,390):
            ctx=b.new_context(viewport={"width":width,"height":900}); ctx.add_cookies([{"name":"sessionid","value":ck,"url":live_server.url}])
            for label,u in urls:
                p=ctx.new_page(); errs=[]; p.on("console",lambda m: errs.append(m.text) if m.type=="error" else None)
                r=p.goto(live_server.url+u); p.screenshot(path=f"{out}/{label}-{width}.png",full_page=True)
                over=p.evaluate("document.documentElement.scrollWidth-document.documentElement.clientWidth")
                print(label,width,r.status,"overflow",over,errs[:2]); p.close()
    with sync_playwright() as pw:
        b=pw.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
        go("analyst-kanim-atambua",[("watch_list","/pemantauan/"),("run",f"/pemantauan/jalan/{run.pk}/"),("findings","/temuan/"),("finding",f"/temuan/{f.pk}/"),("alert_new",f"/peringatan/baru/?finding={f2.pk}"),("alerts","/peringatan/"),("token","/akun-saya/kunci/"),("password","/akun-saya/sandi/")])
        go("polisi",[("alert",f"/peringatan/{a.pk}/")])
        go("admin2",[("agencies","/instansi/"),("agency","/instansi/kanim-atambua/"),("agency_new","/instansi/baru/"),("officers","/petugas/"),("officer",f"/petugas/{officer_of.__self__.pk if hasattr(officer_of,'__self__') else by.ref.split(':')[1]}/"),("import","/petugas/impor/")])
        b.close()
