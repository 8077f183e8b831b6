"""Pages about the register's own data: corrections, the record of access, jobs."""

from django.contrib.auth.decorators import login_required


@login_required
def correction_new(request):
    raise NotImplementedError


correction_list = correction_answer = audit_list = job = job_cancel = job_resume = correction_new
