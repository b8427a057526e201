"""The moto server, with what its Step Functions leaves out.

- Children of a distributed map are executions that ListExecutions (by map run) and DescribeExecution tell of: how they
  ended is what moto's own interpreter came to.
- A state machine calls other services as its own role: the access key is the role's name.
- Parameters of the services that a state calls, and their answers, have the services' names turned into those of the
  states language and back, as `ExecutionArn` and `executionArn`: moto has the code for it, and does not call it.
"""

import os
import sys
import threading
import uuid
from datetime import datetime, timezone

from moto.stepfunctions.parser.asl.utils import boto_client


def sign_as_role(boto_client_for):
    """Needed before the interpreter is imported, since its modules take over the function."""

    def client_for(region, service, state_credentials=None):
        client = boto_client_for(region, service, state_credentials)
        if state_credentials is not None:
            client._request_signer._credentials.access_key = state_credentials.role_arn.split("/")[-1]
        return client

    return client_for


boto_client.boto_client_for = sign_as_role(boto_client.boto_client_for)

import botocore.session  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.server import main  # noqa: E402
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.distributed_item_processor_worker import (  # noqa: E402, E501
    DistributedItemProcessorWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (  # noqa: E402
    StateTaskService,
)
from moto.stepfunctions.parser.asl.eval.program_state import ProgramError, ProgramStopped  # noqa: E402
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str  # noqa: E402
from moto.stepfunctions.responses import StepFunctionResponse  # noqa: E402

services = botocore.session.get_session()


def operation_of(task):
    action = task.resource.api_action
    return services.get_service_model(task._get_boto_service_name()).operation_model(action[0].upper() + action[1:])


def normalise_parameters(self, parameters, boto_service_name=None, service_action_name=None):
    self._to_boto_request(parameters, operation_of(self).input_shape)


def normalise_response(self, response, boto_service_name=None, service_action_name=None):
    self._from_boto_response(response, operation_of(self).output_shape)


StateTaskService._normalise_parameters = normalise_parameters
StateTaskService._normalise_response = normalise_response

children = {}  # by ARN
lock = threading.Lock()


def ending(state):
    """Status, error and cause of a child, by the state that its interpreter ended in."""
    if isinstance(state, ProgramError):
        return {"status": "FAILED", **(state.error or {})}
    return {"status": "ABORTED" if isinstance(state, ProgramStopped) else "SUCCEEDED"}


class KeepChildren:
    """Keeps every child of a distributed map when it has ended."""

    eval_input = DistributedItemProcessorWorker._eval_input
    eval_job = DistributedItemProcessorWorker._eval_job

    def _eval_input(self, env_frame):
        KeepChildren.eval_input(self, env_frame)
        self.child_input = to_json_str(env_frame.states.get_input())

    def _eval_job(self, env, job):
        begun = datetime.now(timezone.utc)
        KeepChildren.eval_job(self, env, job)
        machine, name = self._map_run_record.map_state_machine_arn, str(uuid.uuid4())
        child = {
            "executionArn": f"{machine.replace(':stateMachine:', ':execution:')}:{name}",
            "stateMachineArn": machine,
            "mapRunArn": self._map_run_record.map_run_arn,
            "name": name,
            "startDate": begun,
            "stopDate": datetime.now(timezone.utc),
            "input": self.child_input,
            **ending(env.program_state()),
        }
        with lock:
            children[child["executionArn"]] = child


DistributedItemProcessorWorker._eval_input = KeepChildren._eval_input
DistributedItemProcessorWorker._eval_job = KeepChildren._eval_job

LISTED = ("executionArn", "stateMachineArn", "mapRunArn", "name", "status", "startDate", "stopDate")


def list_executions(original):
    def list_of_map_run(self):
        map_run, status = self._get_param("mapRunArn"), self._get_param("statusFilter")
        if map_run is None:
            return original(self)
        most = self._get_int_param("maxResults") or 100
        with lock:
            found = [child for child in children.values() if child["mapRunArn"] == map_run]
        wanted = [child for child in found if status in (None, child["status"])]
        return ActionResult({"executions": [{key: child[key] for key in LISTED} for child in wanted[:most]]})

    return list_of_map_run


def describe_execution(original):
    def describe_child(self):
        child = children.get(self._get_param("executionArn"))
        return original(self) if child is None else ActionResult(child)

    return describe_child


StepFunctionResponse.list_executions = list_executions(StepFunctionResponse.list_executions)
StepFunctionResponse.describe_execution = describe_execution(StepFunctionResponse.describe_execution)

# Serves until its standard input ends, so that it goes with the process that started it however that ends.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(sys.argv[1:])
