"""Builders: one module per thing that tests build, each thing defined once.

- alarms, candidates, evidence, bundles, votes: values, with defaults that a test overrides
- events, histories, event_contents: events, appended, built, or drawn by Hypothesis
- incidents: an incident with its log and every store in memory
- incident_logs: logs of whole incidents, written event by event
- approvals, closing, consensus, executor …: an incident around the function of that name
- cloudwatch_events, slack, step_functions, streams: input as AWS and Slack send it

Stand-ins for ports are in `tests.fakes`, simulated incidents in `tests.simulation`.
"""
