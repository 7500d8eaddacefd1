"""`{{ place|titled }}`: a place with the word for its level."""

from django import template

from kentongan.intake.where import titled

register = template.Library()
register.filter("titled", titled)
